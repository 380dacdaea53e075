function run(source) {
  // ruleid: js-eval
  eval(source);
  // ruleid: js-eval
  return new Function('a', `return ${source}`);
}

// ruleid: js-eval
const f = (x) => eval(x);

function safe(source, model) {
  // ok: js-eval
  eval('1 + 1');
  // ok: js-eval
  new Function('return this')();
  // ok: js-eval
  model.eval(source);
  // ok: js-eval
  return JSON.parse(source);
}
