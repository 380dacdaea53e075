FROM debian:12
# ruleid: docker-pipe-to-shell
RUN curl -fsSL https://downloads.example.com/install.sh | sh
# ruleid: docker-pipe-to-shell
RUN wget -qO- https://downloads.example.com/install.sh | sudo bash
# ok: docker-pipe-to-shell
RUN curl -fsSL https://downloads.example.com/tool.tgz -o tool.tgz && sha256sum -c tool.sum
# ok: docker-pipe-to-shell
RUN cat notes.txt | sort
