FROM debian:12
# ruleid: docker-tls-off
RUN curl -k https://downloads.example.com/tool -o /usr/bin/tool
# ruleid: docker-tls-off
RUN wget --no-check-certificate https://downloads.example.com/tool
# ruleid: docker-tls-off
RUN npm config set strict-ssl false
# ok: docker-tls-off
RUN curl -fsSL https://downloads.example.com/tool -o /usr/bin/tool
# ok: docker-tls-off
RUN apt-get install -y curl
