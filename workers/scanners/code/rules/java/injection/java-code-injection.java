class Formulas {
  @PostMapping("/calculate")
  public Object calculate(@RequestParam String formula, ScriptEngine engine) throws Exception {
    // ruleid: java-code-injection
    engine.eval("result = " + formula);
    // ruleid: java-code-injection
    return new SpelExpressionParser().parseExpression(formula).getValue();
  }

  @PostMapping("/safe")
  public Object safe(@RequestParam String value, ScriptEngine engine) throws Exception {
    // ok: java-code-injection
    engine.eval("1 + 1");
    // ok: java-code-injection
    return Integer.parseInt(value);
  }
}
