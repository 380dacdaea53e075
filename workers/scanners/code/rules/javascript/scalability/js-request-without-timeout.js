const axios = require('axios');

async function call(address, options) {
  // ruleid: js-request-without-timeout
  await axios.get(address);
  // ruleid: js-request-without-timeout
  await axios.post(address, {}, { headers: {} });
  // ok: js-request-without-timeout
  await axios.get(address, { timeout: 10000 });
  // ok: js-request-without-timeout
  await axios.get(address, { signal: AbortSignal.timeout(5000) });
  // ok: js-request-without-timeout
  await axios.get(address, options);
}
