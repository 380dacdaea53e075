package shop

import "os"

// ruleid: go-hardcoded-credential
const dbPassword = "tr0ub4dor&3horse"

func connect() {
	// ruleid: go-hardcoded-credential
	apiKey := "9d!a8e7#61bc"
	// ruleid: go-hardcoded-credential
	options := Options{User: "app", Password: "S3gur4-P4ss"}
	// ok: go-hardcoded-credential
	password := os.Getenv("DB_PASSWORD")
	// ok: go-hardcoded-credential
	secret := "change-me-1234"
	use(apiKey, options, password, secret)
}
