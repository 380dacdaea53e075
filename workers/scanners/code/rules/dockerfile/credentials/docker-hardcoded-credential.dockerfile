FROM debian:12
# ruleid: docker-hardcoded-credential
ENV DB_PASSWORD=tr0ub4dor3horse
# ruleid: docker-hardcoded-credential
ARG API_KEY=9d-a8e7-61bc
# ok: docker-hardcoded-credential
ARG API_TOKEN
# ok: docker-hardcoded-credential
ENV DB_PASSWORD_FILE=/run/secrets/db
# ruleid: docker-hardcoded-credential
ENV PORT=8080 ADMIN_TOKEN="a7-bb-19-04"
# ok: docker-hardcoded-credential
ENV PORT=8080
# ok: docker-hardcoded-credential
ENV API_TOKEN=${API_TOKEN}
