package shop

func owners(db *gorm.DB, pool *sql.DB, ids []int, chunks [][]int) {
	for _, id := range ids {
		// ruleid: go-query-per-item
		db.First(&user, id)
		// ruleid: go-query-per-item
		pool.QueryRow("SELECT name FROM users WHERE id = $1", id).Scan(&name)
	}
	// ok: go-query-per-item
	db.Where("id IN ?", ids).Find(&users)
	for _, chunk := range chunks {
		// ok: go-query-per-item
		db.Where("id IN ?", chunk).Find(&users)
	}
}
