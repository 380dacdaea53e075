package shop

import (
	"fmt"
	"math/rand"
)

func newToken() string {
	// ruleid: go-weak-randomness
	return fmt.Sprintf("%x", rand.Int63())
}

func reset() {
	// ruleid: go-weak-randomness
	otp := rand.Intn(1000000)
	// ok: go-weak-randomness
	jitter := rand.Intn(100)
	use(otp, jitter)
}
