async function load(addresses) {
  // ruleid: js-unbounded-fan-out
  await Promise.all(addresses.map((address) => fetch(address)));
  // ruleid: js-unbounded-fan-out
  return Promise.all(addresses.map(async (address) => (await axios.get(address, { timeout: 1 })).data));
}

async function safe(addresses) {
  // ok: js-unbounded-fan-out
  await Promise.all(addresses.map((address) => limit(() => fetch(address))));
  // ok: js-unbounded-fan-out
  await Promise.all([one, two].map((address) => fetch(address)));
  // ok: js-unbounded-fan-out
  return Promise.all([loadUser(), loadOrders()]);
}
