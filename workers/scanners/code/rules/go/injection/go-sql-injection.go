package shop

import (
	"database/sql"
	"fmt"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"
)

var columns = map[string]string{"name": "name"}

func orders(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Query().Get("customer")
	// ruleid: go-sql-injection
	rows, err := db.Query("SELECT id FROM orders WHERE customer = '" + name + "'")
	query := fmt.Sprintf("SELECT id FROM orders WHERE status = '%s'", r.FormValue("status"))
	// ruleid: go-sql-injection
	row := db.QueryRowContext(r.Context(), query)
	use(rows, err, row)
}

func list(c *gin.Context) {
	// ruleid: go-sql-injection
	store.Where("name = '" + c.Query("name") + "'").Find(&found)
}

func safe(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Query().Get("customer")
	// ok: go-sql-injection
	rows, err := db.Query("SELECT id FROM orders WHERE customer = $1", name)
	// ok: go-sql-injection
	row := db.QueryRowContext(r.Context(), "SELECT id FROM orders WHERE name = ?", name)
	limit, err := strconv.Atoi(r.FormValue("limit"))
	// ok: go-sql-injection
	more, err := db.Query(fmt.Sprintf("SELECT id FROM orders LIMIT %d", limit))
	// ok: go-sql-injection
	sorted, err := db.Query("SELECT id FROM orders ORDER BY " + columns[name])
	// ok: go-sql-injection
	store.Where("name = ?", name).Find(&found)
	use(rows, err, row, more, sorted)
}
