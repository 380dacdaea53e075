package shop

import (
	"crypto/aes"
	"crypto/des"
	"crypto/rc4"
)

func encrypt(key []byte) {
	// ruleid: go-weak-cipher
	a, err := des.NewCipher(key)
	// ruleid: go-weak-cipher
	b, err := rc4.NewCipher(key)
	// ok: go-weak-cipher
	c, err := aes.NewCipher(key)
	use(a, b, c, err)
}
