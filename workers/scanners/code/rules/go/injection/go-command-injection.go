package shop

import (
	"net/http"
	"os/exec"
)

func ping(w http.ResponseWriter, r *http.Request) {
	host := r.FormValue("host")
	// ruleid: go-command-injection
	out, err := exec.Command("sh", "-c", "ping -c 1 "+host).Output()
	// ruleid: go-command-injection
	cmd := exec.CommandContext(r.Context(), "/bin/bash", "-c", "dig "+host)
	// ruleid: go-command-injection
	tool := exec.Command(r.URL.Query().Get("tool"), "--version")
	use(out, err, cmd, tool)
}

func safe(w http.ResponseWriter, r *http.Request) {
	// ok: go-command-injection
	out, err := exec.Command("ping", "-c", "1", r.FormValue("host")).Output()
	// ok: go-command-injection
	cmd := exec.Command("sh", "-c", "uptime")
	use(out, err, cmd)
}
