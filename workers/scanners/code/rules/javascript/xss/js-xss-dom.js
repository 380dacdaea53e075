function show() {
  const name = decodeURIComponent(location.hash.slice(1));
  // ruleid: js-xss-dom
  document.getElementById('name').innerHTML = 'Hello ' + name;
  const query = new URLSearchParams(window.location.search);
  // ruleid: js-xss-dom
  document.write('<p>' + query.get('q') + '</p>');
}

window.addEventListener('message', (event) => {
  // ruleid: js-xss-dom
  panel.innerHTML = event.data;
});

function safe() {
  const name = decodeURIComponent(location.hash.slice(1));
  // ok: js-xss-dom
  document.getElementById('name').textContent = name;
  // ok: js-xss-dom
  panel.innerHTML = DOMPurify.sanitize(name);
  // ok: js-xss-dom
  panel.innerHTML = '<p>Hello</p>';
}
