// Programs for a comparison with acorn: made by the grammar of ECMAScript, with the nastiest names that it allows, and
// with references in them.
//
// node programs.mjs <count> <seed>, in a folder whose node_modules has acorn. Writes one line of JSON for each program
// that acorn accepts: the text, the places of its slashes as acorn reads them, and its references. Places are bytes.
// The last line says how many programs acorn did not accept.

import path from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(path.join(process.cwd(), "package.json"));
const acorn = await import(pathToFileURL(require.resolve("acorn")));

/** Numbers that depend on nothing but the seed (mulberry32). */
function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

// No line may end here.
const STAY = Symbol("stay");
// A statement ends here.
const END = Symbol("end");

const ALWAYS = ["a", "b", "of", "async", "get", "set", "from", "as", "meta", "target", "using", "defer", "source",
  "accessor", "type", "$", "_", "ünï", "\\u{61}wai", "l\\u0065tt", "of1", "assert", "constructor", "url"];
const KEYWORDS = ["if", "for", "while", "with", "function", "class", "import", "export", "return", "typeof", "void",
  "delete", "new", "in", "instanceof", "of", "yield", "await", "let", "static", "async", "get", "set", "default", "case",
  "do", "else", "try", "catch", "throw", "extends", "super", "this", "null", "var", "const", "break", "from", "switch"];
const REGEXES = ["/'/", "/\"/g", "/`/", "/[/]'/u", "/\\//", "/import(\"no\")/", "/[[a']--[b]]/v", "/$\\{/", "/}/y", "/\\{/",
  "/(?<a>.)/d", "/=/", "/\\[/", "/[\\]'/]/"];
const STRINGS = ["'a'", "\"b\"", "'import(\"no\")'", "'\\\r\n'", "'\\\n\"'", "'\u2028/'", "\"'\"", "'`'", "'${'", "'\\''", "'//'",
  "'/*'", "'}'"];
const NUMBERS = ["1", "0", ".5", "1.", "1e3", "1E-3", "0x1e", "0b1", "0o7", "1_000", "1n", "0xFFn", ".5e+1", "1.5_1"];
const BLANKS = ["\t", "\v", "\f", "\u00a0", "\u1680", "\u2000", "\u200a", "\u202f", "\u205f", "\u3000", "\ufeff", "/*a*/", "/*'*/", "/* / */",
  "/*import('no')*/"];
const LINES = ["\n", "\r\n", "\r", "\u2028", "\u2029", "//'\n", "// import(\"no\")\n", "/*\n*/", "//`\u2028"];

class Program {
  constructor(random) {
    this.random = random;
    this.isModule = random() < 0.5;
    this.pieces = [];
    this.count = 0;
    this.budget = 20 + Math.floor(random() * 120);
  }

  chance(of) {
    return this.random() < of;
  }

  pick(list) {
    return list[Math.floor(this.random() * list.length)];
  }

  put(...pieces) {
    this.pieces.push(...pieces);
  }

  /** One of several ways to go on; the cheap one when the program is long enough. */
  choose(cheap, ways) {
    this.budget -= 1;
    (this.budget < 0 ? cheap : this.pick(ways))();
  }

  repeat(least, most, one, between) {
    const times = least + Math.floor(this.random() * (most - least + 1));
    for (let at = 0; at < times; at += 1) {
      if (at > 0 && between) this.put(between);
      one(at);
    }
  }

  name(at) {
    const names = [...ALWAYS];
    if (!at.strict) names.push("let", "static", "yields");
    if (!at.strict && !at.generator) names.push("yield", "yield", "yield");
    if (!this.isModule && !at.async && !at.noAwait) names.push("await", "await", "await");
    return this.pick(names);
  }

  /** A name that may be declared by `let` and `const`: each is another one. */
  fresh(at) {
    if (this.chance(0.3) && !at.used.has("of")) {
      const names = ["of", "async", "get", "from", "as", "target"];
      if (!at.strict && !at.generator) names.push("yield");
      if (!this.isModule && !at.async && !at.noAwait) names.push("await");
      const name = this.pick(names);
      if (!at.used.has(name)) {
        at.used.add(name);
        return name;
      }
    }
    this.count += 1;
    return `${this.pick(["x", "of", "yield", "let", "é", "async"])}${this.count}`;
  }

  reference() {
    this.count += 1;
    const text = this.pick([`./${this.count}.js`, `../a/${this.count}.css?x#y`, `\\x2e/${this.count}`, `./\\u{61}${this.count}`,
      `./\\\r\n${this.count}`]);
    const quote = this.pick(["'", "\""]);
    return quote + text + quote;
  }

  // Expressions.

  expression(at) {
    this.assignment(at);
    if (this.chance(0.1)) {
      this.put(",");
      this.assignment(at);
    }
  }

  assignment(at) {
    this.choose(() => this.primary(at), [
      () => this.binary(at), () => this.binary(at), () => this.binary(at), () => this.unary(at),
      () => this.division(at), () => this.division(at), () => this.division(at),
      () => this.arrow(at),
      () => {
        this.binary(at);
        this.put("?");
        this.assignment({ ...at, noIn: false });
        this.put(":");
        this.assignment(at);
      },
      () => {
        this.put(this.simpleTarget(at), this.pick(["=", "+=", "/=", "??=", "&&=", "**=", ">>>="]));
        this.assignment(at);
      },
      () => {
        if (!at.generator || at.noYield) return this.binary(at);
        this.put("yield", STAY);
        if (this.chance(0.3)) this.put("*");
        else if (this.chance(0.4)) return this.put(this.pick(REGEXES));
        this.assignment(at);
      },
    ]);
  }

  /** What shows how a slash was read. */
  division(at) {
    this.postfix(at);
    this.put(this.pick(["/", "/", "/", "*"]));
    if (this.chance(0.2)) this.put(this.pick(REGEXES));
    else this.postfix(at);
    if (this.chance(0.5)) {
      this.put("/");
      this.postfix(at);
    }
  }

  binary(at) {
    this.unary(at);
    if (this.chance(0.6)) {
      const operators = ["+", "-", "*", "/", "/", "/", "%", "<", ">", "<<", ">>>", "==", "!==", "&", "|", "^", "&&", "instanceof"];
      if (!at.noIn) operators.push("in");
      this.put(this.pick(operators));
      this.unary(at);
    }
  }

  unary(at) {
    this.choose(() => this.postfix(at), [
      () => this.postfix(at), () => this.postfix(at), () => this.postfix(at),
      () => {
        this.put(this.pick(["!", "~", "+", "-", "typeof", "void"]));
        this.unary(at);
      },
      () => this.put(this.pick(["++", "--"]), this.simpleTarget(at)),
      () => {
        if (!at.async && !(this.isModule && at.top)) return this.postfix(at);
        this.put("await");
        if (this.chance(0.3)) this.put(this.pick(REGEXES));
        else this.unary(at);
      },
    ]);
  }

  postfix(at) {
    if (this.chance(0.1)) this.put(this.simpleTarget(at), STAY, this.pick(["++", "--"]));
    else this.member(at);
  }

  simpleTarget(at) {
    const names = ["a", "b", "of", "async", "get", "from", "as", "a.if", "b.return", "a[0]", "of.of", "a.b", "get.set"];
    if (!at.strict && !at.generator) names.push("yield");
    if (!this.isModule && !at.async && !at.noAwait) names.push("await");
    if (!at.strict) names.push("let");
    return this.pick(names);
  }

  member(at) {
    this.primary(at);
    while (this.chance(0.25)) {
      this.pick([
        () => this.put(".", this.pick([...KEYWORDS, ...ALWAYS])),
        () => this.put("?.", this.pick([...KEYWORDS, ...ALWAYS])),
        () => {
          this.put("[");
          this.expression({ ...at, noIn: false });
          this.put("]");
        },
        () => this.arguments(at),
        () => this.arguments(at),
        () => this.put(".", this.pick(["import", "export"]), "(", "'no'", ")"),
      ])();
    }
  }

  arguments(at) {
    this.put("(");
    this.repeat(0, 2, () => {
      if (this.chance(0.1)) this.put("...");
      this.assignment({ ...at, noIn: false });
    }, ",");
    this.put(")");
  }

  primary(at) {
    const inner = { ...at, noIn: false };
    this.choose(() => this.put(this.name(at)), [
      () => this.put(this.name(at)), () => this.put(this.name(at)), () => this.put(this.name(at)),
      () => this.put(this.pick(NUMBERS)),
      () => this.put(this.pick(STRINGS)),
      () => this.put(this.pick(REGEXES)), () => this.put(this.pick(REGEXES)),
      () => this.put(this.pick(["this", "null", "true"])),
      () => {
        this.put("(");
        this.expression(inner);
        this.put(")");
      },
      () => {
        this.put("[");
        this.repeat(0, 3, () => this.chance(0.8) && this.assignment(inner), ",");
        this.put("]");
      },
      () => this.object(inner),
      () => this.function(at, "expression"),
      () => this.class(at, "expression"),
      () => this.template(inner),
      () => {
        this.put("new");
        this.put(this.pick(["a", "of", "async", "URL", "a.URL", "get"]));
        if (this.chance(0.8)) this.arguments(inner);
      },
      () => this.import(inner), () => this.import(inner), () => this.import(inner),
    ]);
  }

  import(at) {
    this.pick([
      () => this.put("import", "(", this.reference(), ")"), () => this.put("import", "(", this.reference(), ")"),
      () => this.put("import", "(", this.reference(), ",", "{", "with", ":", "{", "}", "}", ")"),
      () => this.put("import", "(", "`./template`", ")"),
      () => {
        this.put("import", "(", this.reference(), this.pick(["+", "/", ",", "."]).replace(/[,.]/, "*"));
        this.unary(at);
        this.put(")");
      },
      () => {
        this.put("import", "(", "a", "/");
        this.unary(at);
        this.put(")");
      },
      () => {
        if (!this.isModule) return this.put("a");
        this.pick([
          () => this.put("new", "URL", "(", this.reference(), ",", "import", ".", "meta", ".", "url", ")"),
          () => this.put("new", "URL", "(", this.reference(), ",", "import", ".", "meta", ".", "url", "+", "a", ")"),
          () => this.put("import", ".", "meta", ".", "resolve", "(", this.reference(), ")"),
          () => this.put("import", ".", "meta", ".", "url"),
          () => this.put("import", ".", "meta", "/", "a"),
        ])();
      },
    ])();
  }

  template(at) {
    if (this.chance(0.3)) return this.put(this.pick(["`a`", "`'`", "`\\``", "`\n//`", "`$`", "`}`", "`/*`", "`import('no')`", "`\\\r\n`"]));
    let text = "`";
    this.repeat(1, 2, () => {
      this.put(text + this.pick(["", "a", "'", "/*", "\\${", "}", "$", "\n//", "{"]) + "${");
      this.expression({ ...at, noIn: false });
      text = "}";
    });
    this.put(text + this.pick(["", "a", "\"", "//", "import('no')"]) + "`");
  }

  arrow(at) {
    const isAsync = this.chance(0.4);
    const inner = { ...at, async: isAsync, generator: false, top: false, single: false, used: new Set() };
    if (isAsync) this.put("async", STAY);
    if (this.chance(0.4)) {
      const names = ["a", "of", "async", "get", "from"].concat(at.strict || at.generator ? [] : ["yield", "let"].slice(0, 1));
      this.put(this.pick(names));
    } else {
      this.parameters({ ...at, noYield: true }, { ...at, async: isAsync || at.async, noYield: true, noAwaits: true });
    }
    this.put(STAY, "=>");
    if (this.chance(0.4)) {
      this.put("{");
      this.statements(inner);
      this.put("}");
      return;
    }
    const before = this.pieces.length;
    this.assignment({ ...inner, noIn: at.noIn });
    if (this.pieces[before] === "{") this.pieces.splice(before, 0, "a", "=");
  }

  parameters() {
    this.put("(");
    this.count += 1;
    const first = this.count;
    this.repeat(0, 2, (number) => {
      const name = `p${first}_${number}`;
      this.put(this.pick([name, `{${name}}`, `[${name}]`, `{${name}=/'/}`, `{if:${name}=1/2/3}`, `${name}=/"/`, `${name}=1/2`, `${name}={}/1/2`]));
    }, ",");
    this.put(")");
  }

  function(at, kind) {
    const isAsync = this.chance(0.3) && kind !== "sloppy";
    const isGenerator = this.chance(0.3) && kind !== "sloppy";
    if (isAsync) this.put("async", STAY);
    this.put("function");
    if (isGenerator) this.put("*");
    if (kind === "expression" ? this.chance(0.5) : kind !== "default") {
      this.count += 1;
      this.put(kind === "expression" ? this.pick(["of", "get", "async", "from", `f${this.count}`]) : `f${this.count}`);
    }
    this.parameters();
    this.body({ ...at, async: isAsync, generator: isGenerator });
  }

  body(at) {
    this.put("{");
    this.statements({ ...at, top: false, noIn: false, noYield: false, noAwait: false, single: false, inFunction: true, inLoop: false, used: new Set() });
    if (this.chance(0.2)) {
      this.put("return", STAY);
      if (this.chance(0.5)) this.put(this.pick(REGEXES));
      else this.expression({ ...at, top: false, noIn: false, noYield: false });
      this.put(END);
    }
    this.put("}");
  }

  key(at, isClass) {
    this.pick([
      () => this.put(this.pick([...KEYWORDS, ...ALWAYS.filter((name) => !isClass || name !== "constructor")])),
      () => this.put(this.pick([...KEYWORDS, ...ALWAYS.filter((name) => !isClass || name !== "constructor")])),
      () => this.put(this.pick(["'a'", "\"/\"", "1", ".5", "0x1"])),
      () => {
        this.put("[");
        this.assignment(at);
        this.put("]");
      },
    ])();
  }

  method(at, isClass) {
    const isAsync = this.chance(0.3);
    const isGenerator = this.chance(0.3);
    if (isAsync) this.put("async", STAY);
    if (isGenerator) this.put("*");
    this.key(at, isClass);
    this.parameters();
    this.body({ ...at, async: isAsync, generator: isGenerator });
  }

  accessor(at, isClass) {
    const which = this.pick(["get", "set"]);
    this.put(which);
    this.key(at, isClass);
    this.put(which === "get" ? "()" : "(a = /'/)");
    this.body({ ...at, async: false, generator: false });
  }

  object(at) {
    this.put("{");
    this.repeat(0, 3, () => {
      this.choose(() => this.put("a"), [
        () => this.put(this.name(at)),
        () => {
          this.key(at);
          this.put(":");
          this.assignment(at);
        },
        () => {
          this.key(at);
          this.put(":");
          this.assignment(at);
        },
        () => this.method(at),
        () => this.accessor(at),
        () => {
          this.put("...");
          this.assignment(at);
        },
      ]);
    }, ",");
    this.put("}");
  }

  class(at, kind) {
    const strict = { ...at, strict: true };
    this.put("class");
    this.count += 1;
    if (kind === "expression" ? this.chance(0.4) : kind !== "default") this.put(kind === "expression" ? this.pick(["of", "async", "get", `C${this.count}`]) : `C${this.count}`);
    if (this.chance(0.3)) {
      this.put("extends");
      this.pick([
        () => this.put("a"), () => this.put("{", "}"), () => this.function(strict, "expression"), () => this.class(at, "expression"),
        () => this.put("of", ".", "class"), () => this.put("null"), () => this.put("a", "(", "/'/", ")"), () => this.object(strict),
        () => this.put("/'/"), () => this.put("async"), () => this.put("a", "[", "{", "}", "/", "1", "]"),
      ])();
    }
    this.put("{");
    this.repeat(0, 3, () => {
      const isStatic = this.chance(0.3);
      if (isStatic) this.put("static");
      this.pick([
        () => this.method(strict, true), () => this.method(strict, true), () => this.accessor(strict, true),
        () => {
          const field = { ...strict, async: false, generator: false, top: false, noAwait: false, noIn: false };
          if (this.chance(0.2)) {
            this.count += 1;
            this.put(`#x${this.count}`);
          } else {
            this.key(strict, true);
          }
          if (this.chance(0.7)) {
            this.put("=");
            this.assignment(field);
          }
          this.put(END);
        },
        () => this.put(";"),
        () => {
          if (!isStatic) return this.put("static", "{", "a", "/", "b", "/", "c", "}");
          this.put("{");
          this.statements({ ...strict, async: false, generator: false, top: false, noAwait: true, inFunction: false, inLoop: false, noAwaits: true, used: new Set() });
          this.put("}");
        },
      ])();
    });
    this.put("}");
  }

  // Statements.

  statements(at) {
    this.repeat(0, 4, () => this.statement(at));
  }

  /** A statement where no declaration may stand. */
  single(at) {
    this.statement({ ...at, single: true });
  }

  statement(at) {
    const wrap = (inner) => () => {
      this.put("{");
      inner();
      this.put("}");
    };
    const block = (more = {}) => wrap(() => this.statements({ ...at, single: false, used: new Set(), ...more }));
    const loop = { ...at, inLoop: true };
    this.choose(() => this.put("a", "/", "b", END), [
      () => this.start(at), () => this.start(at), () => this.start(at), () => this.start(at),
      () => {
        // What a declaration or block ends, and a slash.
        this.pick([block(), () => this.put(";")])();
        this.put(this.pick(REGEXES), ".", "test", "(", "a", ")", END);
      },
      block(),
      () => {
        this.put(this.pick(["if", ...(at.strict ? [] : ["with"])]), "(");
        this.expression(at);
        this.put(")");
        this.single(at);
      },
      () => {
        this.put("if", "(");
        this.expression(at);
        this.put(")", "{");
        this.statements({ ...at, single: false, used: new Set() });
        this.put("}", "else");
        this.single(at);
      },
      () => {
        this.put("while", "(");
        this.expression(at);
        this.put(")");
        this.single(loop);
      },
      () => {
        this.put("do");
        this.single(loop);
        this.put("while", "(");
        this.expression(at);
        this.put(")", this.chance(0.5) ? END : ";");
      },
      () => {
        this.for({ ...at, used: new Set() });
        this.single(loop);
      },
      () => {
        this.put("switch", "(");
        this.expression(at);
        this.put(")", "{");
        const within = { ...at, single: false, used: new Set() };
        this.repeat(0, 2, () => {
          this.put("case");
          this.expression(at);
          this.put(":");
          this.afterColon(within);
        });
        if (this.chance(0.5)) {
          this.put("default", ":");
          this.afterColon(within);
        }
        this.put("}");
      },
      () => {
        this.put("try", "{");
        this.statements({ ...at, single: false, used: new Set() });
        this.put("}", "catch");
        if (this.chance(0.5)) this.put("(", this.pick(["e", "{ e = /'/ }", "of"]), ")");
        this.put("{");
        this.statements({ ...at, single: false, used: new Set() });
        this.put("}");
      },
      () => {
        this.count += 1;
        const labels = [`l${this.count}`];
        if (!at.labelled) {
          labels.push("of", "async", "get");
          if (!at.strict && !at.generator) labels.push("yield", "let");
          if (!this.isModule && !at.async && !at.noAwait) labels.push("await");
        }
        this.put(this.pick(labels), ":");
        this.single({ ...at, labelled: true });
      },
      () => {
        if (at.inLoop && this.chance(0.5)) this.put(this.pick(["break", "continue"]), END);
        else this.put("debugger", END);
      },
      () => {
        this.put("throw", STAY);
        this.expression(at);
        this.put(END);
      },
      () => {
        if (at.single) return this.start(at);
        this.put(this.pick(["let", "const"]));
        this.repeat(1, 2, () => this.declarator(at), ",");
        this.put(END);
      },
      () => {
        this.put("var");
        this.repeat(1, 2, () => {
          this.count += 1;
          this.put(this.pick([`v${this.count}`, `v${this.count}`, `{v${this.count}=1/2}`, `[v${this.count}]`]), "=");
          this.assignment(at);
        }, ",");
        this.put(END);
      },
      () => {
        if (at.single) return this.start(at);
        this.function(at, "declaration");
        this.afterBody(at);
      },
      () => {
        if (at.single) return this.start(at);
        this.class(at, "declaration");
        this.afterBody(at);
      },
    ]);
  }

  afterColon(at) {
    if (this.chance(0.3)) {
      this.pick([() => this.function(at, "declaration"), () => this.class(at, "declaration"), () => this.put("{", "}")])();
      this.afterBody(at);
    }
    this.statements(at);
  }

  /** A regular expression, behind what a slash behind an expression would divide. */
  afterBody(at) {
    if (this.chance(0.4)) {
      this.put(this.pick(REGEXES));
      if (this.chance(0.5)) this.put("/");
      else return this.put(".", "a", END);
      this.postfix(at);
      this.put(END);
    }
  }

  declarator(at) {
    const name = this.fresh(at);
    this.put(this.pick([name, name, name, `{${name}}`, `[${name}]`, `{${name}=/'/}`, `{if:${name}}`]), "=");
    this.assignment(at);
  }

  /** A statement that is an expression. */
  start(at) {
    const before = this.pieces.length;
    this.expression(at);
    const begins = this.pieces.slice(before).find((piece) => typeof piece === "string");
    if (["{", "function", "class", "let", "async"].includes(begins)) {
      if (begins === "async" || begins === "let" ? this.chance(0.3) : true) this.pieces.splice(before, 0, this.pick(["a =", "!", "void"]));
    }
    this.put(END);
  }

  for(at) {
    const inner = { ...at, noIn: true };
    this.put("for");
    this.pick([
      () => {
        this.put("(");
        this.pick([
          () => this.put(), () => this.expression(inner), () => this.put("var", "of", "=", "of", "/", "2"), () => this.put("let", "async", "=", "1"),
          () => this.put("async", "of", "=>", "{", "}"), () => this.put("let", "of", "=", "/'/"), () => this.put("of"),
        ])();
        this.put(";");
        if (this.chance(0.7)) this.expression({ ...at, noIn: false });
        this.put(";");
        if (this.chance(0.7)) this.expression({ ...at, noIn: false });
        this.put(")");
      },
      () => {
        this.put("(", this.pick(["a", "of", "var of", "let of", "const of", "const {of}", "let [of = /'/]", "var {a = 1/2/3}", "a.if", "let async",
          "get"]), "of");
        this.assignment({ ...at, noIn: false });
        this.put(")");
      },
      () => {
        this.put("(", this.pick(["a", "of", "var of", "let of", "const of", "async", ...(at.strict ? [] : ["let", "let.a", "var a = 1 / 2"])]), "in");
        this.expression({ ...at, noIn: false });
        this.put(")");
      },
      () => {
        if (!at.async && !(this.isModule && at.top)) return this.put("(", ";", ";", ")");
        this.put("await", "(", this.pick(["a", "of", "async", "var of", "const of"]), "of");
        this.assignment({ ...at, noIn: false });
        this.put(")");
      },
    ])();
  }

  moduleItem(at) {
    this.count += 1;
    const local = `i${this.count}`;
    const attributes = () => this.chance(0.2) && this.put("with", "{", this.pick(["type", "'type'"]), ":", "'json'", "}");
    const from = () => {
      this.put("from", this.reference());
      attributes();
      this.put(END);
    };
    this.pick([
      () => {
        this.put("import", this.reference());
        attributes();
        this.put(END);
      },
      () => {
        this.put("import", this.chance(0.5) ? local : `${local}, { as as ${local}_, default as ${local}__, 'a b' as ${local}___ }`);
        from();
      },
      () => {
        this.put("import", "*", "as", local);
        from();
      },
      () => {
        this.put("import", "{", `import as ${local}`, "}");
        from();
      },
      () => {
        this.put("export", "*");
        if (this.chance(0.5)) this.put("as", this.pick([local, `'${local}'`]));
        from();
      },
      () => {
        this.put("export", "{", `if as ${local}`, "}");
        from();
      },
      () => this.put("export", "{", "}", END),
      () => {
        this.put("export", this.pick(["const", "let"]));
        this.declarator(at);
        this.put(END);
      },
      () => {
        this.put("export");
        this.function(at, "declaration");
        this.afterBody(at);
      },
      () => {
        if (this.hasDefault) return this.put(";");
        this.hasDefault = true;
        this.put("export", "default");
        this.pick([
          () => {
            this.function(at, "default");
            this.afterBody(at);
          },
          () => {
            this.class(at, "default");
            this.afterBody(at);
          },
          () => {
            this.put("{", "}", "/");
            this.postfix(at);
            this.put(END);
          },
          () => {
            this.put("async", STAY, "(", "a", ")", STAY, "=>");
            this.put("a", END);
          },
          () => {
            this.put(this.pick(REGEXES), "/");
            this.postfix(at);
            this.put(END);
          },
        ])();
      },
    ])();
  }

  text() {
    const at = { strict: this.isModule, async: false, generator: false, top: true, noIn: false, used: new Set() };
    if (!this.isModule && this.chance(0.1)) this.put("<!-- ' import(\"no\")\n");
    // Without a declaration that only modules have, nothing tells that it is one; and one at the end may be in a string
    // for who reads it as a script, so that the text is both.
    if (this.isModule) this.put("export", "{", "}", ";");
    this.repeat(1, 8, () => {
      if (this.isModule && this.chance(0.3)) this.moduleItem(at);
      else this.statement(at);
      if (!this.isModule && this.chance(0.03)) this.put(this.pick(["\n--> ' import(\"no\")\n", "\n/**/ --> `\n", " <!-- `\n"]));
    });
    return (this.chance(0.05) ? "#!/usr/bin/env '\n" : "") + this.join();
  }

  join() {
    let text = "";
    let mayBreak = true;
    for (const piece of this.pieces) {
      if (piece === STAY) {
        mayBreak = false;
        continue;
      }
      if (piece === END) {
        text += this.chance(0.6) ? ";" : this.pick(LINES);
        continue;
      }
      if (piece === undefined) continue;
      const [last, next] = [text.at(-1) ?? "", piece[0]];
      const isName = (char) => /[\w$\\#\u0080-\uffff]/.test(char) && !/[\u2028\u2029\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff]/.test(char);
      const sticks = (isName(last) && isName(next)) || (last === next && "+-/".includes(next)) || (last === "/" && next === "*")
        || (last === "<" && next === "!") || (/\d/.test(last) && next === ".") || (last === "." && /[\d.]/.test(next)) || (last === "?" && next === ".")
        || (last === "-" && next === ">") || (last === "!" && next === "-") || (last === "/" && isName(next));
      const dice = this.random();
      if (dice < 0.06 && mayBreak) text += this.pick(LINES);
      else if (dice < 0.12) text += last === "/" ? " " : this.pick(BLANKS);
      else if (sticks || dice < 0.3) text += " ";
      text += piece;
      mayBreak = true;
    }
    return text;
  }
}

// Expressions behind which a slash divides. Where acorn has a regular expression behind one, it guessed wrongly (behind
// `?.typeof`, a function in a condition, and a statement that is `of`) and then made two statements of what is one or none.
const OPERANDS = new Set(["ArrayExpression", "CallExpression", "ClassExpression", "FunctionExpression", "MemberExpression", "NewExpression",
  "ObjectExpression", "TemplateLiteral"]);

/** What acorn finds: slashes and references, in UTF-16 units. */
function read(text, isModule) {
  const tokens = [];
  const tree = acorn.parse(text, { ecmaVersion: "latest", sourceType: isModule ? "module" : "script", allowHashBang: true, onToken: tokens });
  const slashes = [];
  const at = new Map();
  tokens.forEach((token, index) => {
    at.set(token.start, index);
    if (token.type === acorn.tokTypes.regexp) slashes.push([token.start, true]);
    else if (token.type === acorn.tokTypes.slash || (token.type === acorn.tokTypes.assign && token.value === "/=")) slashes.push([token.start, false]);
  });
  const [references, ends] = [[], new Set()];
  const add = (kind, node, isArgument) => {
    const value = node.type === "TemplateLiteral" ? node.quasis.length === 1 && node.quasis[0].value.cooked : node.value;
    // In parentheses of its own it is no plain argument.
    const before = at.get(node.start) - 1;
    const isPlain = !isArgument || (tokens[before].type === acorn.tokTypes.parenL && tokens[before - 1].type !== acorn.tokTypes.parenL);
    if (typeof value === "string" && isPlain) references.push([kind, node.start + 1, node.end - 1, value]);
  };
  const visit = (node) => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (!node || typeof node.type !== "string") return;
    if (OPERANDS.has(node.type) || (node.type === "Identifier" && node.name === "of")) ends.add(node.end);
    if (["ImportDeclaration", "ExportNamedDeclaration", "ExportAllDeclaration"].includes(node.type) && node.source) add("StaticImport", node.source);
    if (node.type === "ImportExpression") add("DynamicImport", node.source, true);
    const isMeta = (meta, name) => meta?.type === "MemberExpression" && !meta.computed && meta.object.type === "MetaProperty"
      && meta.object.meta.name === "import" && meta.property.name === name;
    if (node.type === "CallExpression" && isMeta(node.callee, "resolve") && node.arguments.length > 0) add("ModuleResolve", node.arguments[0], true);
    if (node.type === "NewExpression" && node.callee.name === "URL" && isMeta(node.arguments[1], "url")) add("ModuleUrl", node.arguments[0], true);
    for (const key in node) if (key !== "type" && typeof node[key] === "object") visit(node[key]);
  };
  visit(tree);
  const isWrong = (token, index) => token.type === acorn.tokTypes.regexp && index > 0 && ends.has(tokens[index - 1].end);
  if (tokens.some(isWrong)) throw new Error("acorn guessed");
  references.sort((a, b) => a[1] - b[1]);
  return { slashes, references };
}

const [count, seed] = process.argv.slice(2).map(Number);
let refused = 0;
let lines = [];
const write = () => new Promise((resolve) => process.stdout.write(lines.splice(0).join(""), resolve));
for (let number = 0; number < count; ) {
  const program = new Program(randomOf(seed + (number + refused) * 7919));
  const text = program.text();
  let found;
  try {
    found = read(text, program.isModule);
  } catch (error) {
    refused += 1;
    if (process.env.SHOW_REFUSED) console.error(`${error.message}\n${text}\n`);
    continue;
  }
  number += 1;
  // From UTF-16 units to bytes.
  const places = new Uint32Array(text.length + 1);
  for (let unit = 0, bytes = 0; unit <= text.length; unit += 1) {
    places[unit] = bytes;
    const code = text.charCodeAt(unit);
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : 3;
  }
  const slashes = found.slashes.map(([start, isRegex]) => [places[start], isRegex]);
  const references = found.references.map(([kind, start, end, value]) => [kind, places[start], places[end], value]);
  lines.push(`${JSON.stringify({ text, slashes, references })}\n`);
  if (lines.length === 500) await write();
}
lines.push(`${JSON.stringify({ refused })}\n`);
await write();
