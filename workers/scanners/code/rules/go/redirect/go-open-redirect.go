package shop

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

func login(w http.ResponseWriter, r *http.Request) {
	// ruleid: go-open-redirect
	http.Redirect(w, r, r.FormValue("next"), http.StatusFound)
	// ok: go-open-redirect
	http.Redirect(w, r, "/items/"+r.FormValue("item"), http.StatusFound)
	// ok: go-open-redirect
	http.Redirect(w, r, "/home", http.StatusFound)
}

func leave(c *gin.Context) {
	target := c.Query("to")
	// ruleid: go-open-redirect
	c.Redirect(302, target)
}
