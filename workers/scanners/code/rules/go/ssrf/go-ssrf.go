package shop

import (
	"fmt"
	"net/http"
	"net/url"
)

var hosts = map[string]string{"eu": "https://eu.example.com"}

func preview(w http.ResponseWriter, r *http.Request) {
	// ruleid: go-ssrf
	page, err := http.Get(r.FormValue("url"))
	target := "http://" + r.URL.Query().Get("host") + "/status"
	// ruleid: go-ssrf
	request, err := http.NewRequestWithContext(r.Context(), "GET", target, nil)
	use(page, err, request)
}

func safe(w http.ResponseWriter, r *http.Request) {
	// ok: go-ssrf
	page, err := http.Get(hosts[r.FormValue("region")])
	// ok: go-ssrf
	item, err := http.Get("https://api.example.com/items/" + url.PathEscape(r.FormValue("item")))
	// ok: go-ssrf
	other, err := http.Get(fmt.Sprintf("https://api.example.com/items/%s", r.FormValue("item")))
	use(page, err, item, other)
}
