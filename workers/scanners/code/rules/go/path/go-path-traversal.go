package shop

import (
	"net/http"
	"os"
	"path/filepath"
)

func download(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Query().Get("name")
	// ruleid: go-path-traversal
	data, err := os.ReadFile("/srv/files/" + name)
	// ruleid: go-path-traversal
	file, err := os.Create(filepath.Join("/srv/files", r.FormValue("name")))
	use(data, file, err)
}

func safe(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Query().Get("name")
	// ok: go-path-traversal
	data, err := os.ReadFile(filepath.Join("/srv/files", filepath.Base(name)))
	if !filepath.IsLocal(name) {
		return
	}
	// ok: go-path-traversal
	file, err := os.Open(filepath.Join("/srv/files", name))
	use(data, file, err)
}
