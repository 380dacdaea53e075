# ruleid: ruby-hardcoded-credential
DB_PASSWORD = "tr0ub4dor&3horse"
# ruleid: ruby-hardcoded-credential
config.secret_key_base = "k9#vQ2!mmZp0"
# ruleid: ruby-hardcoded-credential
client = Client.new(user: "app", password: "S3gur4-P4ss")
# ok: ruby-hardcoded-credential
password = ENV.fetch("DB_PASSWORD")
# ok: ruby-hardcoded-credential
api_key = "change-me-1234"
