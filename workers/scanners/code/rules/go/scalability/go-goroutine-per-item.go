package shop

func load(addresses []string) {
	for _, address := range addresses {
		go func() {
			// ruleid: go-goroutine-per-item
			page, err := client.Get(address)
			use(page, err)
		}()
	}
	for _, address := range addresses {
		slots <- struct{}{}
		go func() {
			// ok: go-goroutine-per-item
			page, err := client.Get(address)
			use(page, err)
		}()
	}
	for _, address := range addresses {
		go func() {
			slots <- struct{}{}
			// ok: go-goroutine-per-item
			page, err := client.Get(address)
			use(page, err)
		}()
	}
	go func() {
		// ok: go-goroutine-per-item
		use(client.Get(addresses[0]))
	}()
}
