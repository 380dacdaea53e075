package shop

import (
	"fmt"
	"html"
	"html/template"
	"net/http"
)

func hello(w http.ResponseWriter, r *http.Request) {
	name := r.FormValue("name")
	// ruleid: go-xss
	fmt.Fprintf(w, "<p>Hello %s</p>", name)
	// ruleid: go-xss
	w.Write([]byte("<p>" + name + "</p>"))
	// ruleid: go-xss
	use(template.HTML(name))
	// ok: go-xss
	fmt.Fprintf(w, "<p>Hello %s</p>", html.EscapeString(name))
	// ok: go-xss
	page.Execute(w, name)
}

func plain(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain")
	// ok: go-xss
	fmt.Fprint(w, r.FormValue("name"))
}
