import ast


def f(x):
    # ruleid: python-eval
    return eval(x)


# ruleid: python-eval
g = lambda x: eval(x)


def run(source, scope):
    # ruleid: python-eval
    exec(source, scope)
    # ruleid: python-eval
    return eval(f"scope['{source}']")


def safe(x, model, frame):
    # ok: python-eval
    eval("1 + 1")
    # ok: python-eval
    ast.literal_eval(x)
    # ok: python-eval
    model.eval()
    # ok: python-eval
    frame.eval(x)
    # ok: python-eval
    exec(compile("a = 1", "<constant>", "exec"))
