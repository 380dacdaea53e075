package shop

import (
	"net/http"
	"time"
)

func call(address string) {
	// ruleid: go-request-without-timeout
	a, err := http.Get(address)
	// ruleid: go-request-without-timeout
	client := &http.Client{}
	// ok: go-request-without-timeout
	limited := &http.Client{Timeout: 10 * time.Second}
	// ok: go-request-without-timeout
	b, err := limited.Get(address)
	use(a, err, client, b)
}
