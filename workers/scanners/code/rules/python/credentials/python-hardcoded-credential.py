import os

# ruleid: python-hardcoded-credential
DB_PASSWORD = "tr0ub4dor&3horse"
# ruleid: python-hardcoded-credential
app.secret_key = "k9#vQ2!mmZp0"
# ruleid: python-hardcoded-credential
connection = connect(host="db", user="app", password="S3gur4-P4ss")
# ruleid: python-hardcoded-credential
settings["SECRET_KEY"] = "9d!a8e7#61bc"

# ok: python-hardcoded-credential
PASSWORD = os.environ["DB_PASSWORD"]
# ok: python-hardcoded-credential
PASSWORD_FIELD = "user-password-1"
# ok: python-hardcoded-credential
password = ""
# ok: python-hardcoded-credential
password = "change-me-1234"
# ok: python-hardcoded-credential
api_key = "${API_KEY_1}"
# ok: python-hardcoded-credential
secret = "projects/7/secrets/db"
