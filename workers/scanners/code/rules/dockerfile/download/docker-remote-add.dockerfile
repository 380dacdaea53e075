FROM debian:12
# ruleid: docker-remote-add
ADD https://downloads.example.com/tool.tgz /opt/
# ok: docker-remote-add
ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://downloads.example.com/tool.tgz /opt/
# ok: docker-remote-add
ADD files.tar.gz /opt/
# ok: docker-remote-add
COPY src /opt/src
