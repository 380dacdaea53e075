package shop

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
)

func digest(data []byte) {
	// ruleid: go-weak-hash
	a := md5.Sum(data)
	// ruleid: go-weak-hash
	b := sha1.New()
	// ok: go-weak-hash
	c := sha256.Sum256(data)
	use(a, b, c)
}
