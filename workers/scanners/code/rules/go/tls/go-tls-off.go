package shop

import "crypto/tls"

func client(config *tls.Config) {
	// ruleid: go-tls-off
	a := &tls.Config{InsecureSkipVerify: true}
	// ruleid: go-tls-off
	config.InsecureSkipVerify = true
	// ok: go-tls-off
	b := &tls.Config{MinVersion: tls.VersionTLS12}
	use(a, b)
}
