//! Where in a program the tokenizer stands, so that it knows what a `/`, a `{` or a name is there.
//!
//! ECMAScript chooses between its lexical goals (`InputElementDiv`, `InputElementRegExp`, `InputElementTemplateTail`;
//! section 12) by what the syntactic grammar allows at that point. This is that grammar as an automaton with a stack:
//! one state between two tokens, one frame for each bracket that is open. It knows statements from expressions, and
//! where `yield`, `await`, `of`, `let` and `async` are names. It accepts every program and many texts that are none.
//! It does not recurse, and each token costs constant time, spread over the text.

use super::tokens::Goal;

/// What the grammar distinguishes among tokens, but for words and literals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    OpenBrace,
    OpenParenthesis,
    OpenBracket,
    /// `)`, `]` or `}`.
    Close(u8),
    Semicolon,
    Comma,
    Colon,
    /// The `?` of a condition.
    Question,
    /// `.`
    Dot,
    /// `?.`
    Chain,
    /// `=`, also as the first part of a longer operator.
    Equals,
    Star,
    /// `=>`
    Arrow,
    /// `++` and `--`
    Update,
    /// `!` and `~`, which only begin an operand.
    Prefix,
    At,
    /// Every other operator, and `...`.
    Operator,
}

/// A token, as the grammar sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lexeme<'a> {
    Word(&'a [u8]),
    /// A string, a number or a regular expression.
    Literal,
    Template,
    Mark(Mark),
}

/// Where a declaration or expression leads once its body is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Statement,
    Value,
    Key,
}

impl From<End> for State {
    fn from(end: End) -> Self {
        match end {
            End::Statement => Self::STATEMENT,
            End::Value => Self::Value,
            End::Key => Self::Key,
        }
    }
}

/// What stands before the next token, as far as it decides about that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// A statement begins here. `single`: no declaration, as behind `if (a)`.
    Statement { single: bool },
    /// An operand must follow.
    Operand,
    /// An operand has ended.
    Value,
    /// A `.` or `?.`.
    Dot,
    /// `if`, `while`, `with` or `catch`.
    Head,
    /// `for`, or `for await`.
    ForHead { is_await: bool },
    /// The `(` of a `for`.
    ForInit,
    /// `switch`.
    SwitchHead,
    /// The `)` of a `switch`.
    SwitchBody,
    /// `break` or `continue`.
    Jump,
    /// `return`, or `yield` in a generator: an operand follows in the same line only.
    Restricted,
    /// `await` outside of functions: an operator in modules, a name in scripts.
    Await,
    /// `var`, `let` or `const`, or a comma of their list.
    Binding,
    /// A name or pattern behind that.
    BindingEnd,
    /// `let`, where it may begin a declaration.
    Let { single: bool },
    /// `async`, where it may begin a function.
    Async(End),
    /// `function`, and what stands between that and its parameters.
    Function { end: End, body: Context },
    /// The `)` of parameters; [`Grammar::body`] tells of what.
    Body,
    /// `=>`.
    Arrow { is_async: bool },
    /// The `}` of an arrow function.
    ArrowEnd,
    /// `class`, and its name.
    ClassName(End),
    /// A member of an object or a class begins here.
    Key,
    /// The `*` of a method.
    Starred,
    /// The name of a member, or a word before it.
    KeyEnd,
    /// `import`.
    Import { is_statement: bool },
    /// `import.`
    Meta,
    /// `import` of a declaration, `export *`, or `from`, and what follows; whether that is `as`.
    Clause { is_as: bool },
    /// In the braces of a clause.
    Names,
    /// The address of a clause.
    ClauseEnd,
    /// The names of an `export`.
    ExportEnd,
    /// `with` behind an address.
    Attributes,
    /// `export`.
    Export,
    /// `export default`.
    ExportDefault,
    /// `@`, or a dot behind it.
    Decorator(End),
    /// The name of a decorator.
    Decorated(End),
}

impl State {
    const STATEMENT: Self = Self::Statement { single: false };
    const SUBSTATEMENT: Self = Self::Statement { single: true };
    const CLAUSE: Self = Self::Clause { is_as: false };
}

/// Whether `yield` and `await` are operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Context {
    yields: bool,
    awaits: Awaits,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Awaits {
    No,
    Yes,
    /// If the text is a module.
    Perhaps,
}

impl Context {
    const NONE: Self = Self { yields: false, awaits: Awaits::No };

    fn of_function(is_async: bool) -> Self {
        Self { yields: false, awaits: if is_async { Awaits::Yes } else { Awaits::No } }
    }
}

/// What is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    /// A list of statements, that of the program among them.
    Block,
    /// The body of a `switch`.
    Switch,
    Class,
    /// An object, or a pattern.
    Object,
    Parenthesis,
    /// The parenthesis behind `async`.
    AsyncCall,
    /// The head of a `for`.
    For {
        is_await: bool,
    },
    /// The parameters of a function with such a body.
    Parameters(Context),
    Bracket,
    /// `${` in a template.
    Substitution,
    /// The braces of a clause.
    Names,
    /// The expression that is the body of an arrow function: no bracket, it ends with the expression.
    Arrow,
    /// What a class extends: no bracket either, it ends with the body of the class.
    Heritage,
}

/// Something that is open.
#[derive(Debug, Clone, Copy)]
struct Frame {
    open: Open,
    /// The state once it is closed.
    then: State,
    /// The context outside.
    outer: Context,
    /// Conditions whose `:` is still to come.
    questions: u32,
    /// Whether a comma goes on with a declaration.
    declares: bool,
    /// For objects and classes: the context of the method that begins, and whether `async` was its last word.
    method: Context,
    is_async_last: bool,
}

impl Frame {
    fn new(open: Open, then: State, outer: Context) -> Self {
        let method = Context::NONE;
        Self { open, then, outer, questions: 0, declares: false, method, is_async_last: false }
    }
}

/// The automaton.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own that is noted on the way")]
pub(super) struct Grammar {
    state: State,
    context: Context,
    /// The innermost frame, and those around it.
    top: Frame,
    around: Vec<Frame>,
    /// In [`State::Body`]: the context of the body, and where it leads.
    body: (Context, State),
    /// Whether the last token ended what may be the parameters of an async arrow function.
    is_async_arrow: bool,
    /// Whether something was seen that only a module has.
    pub(super) is_module: bool,
    /// Whether something was read as a script has it, and a module would have it otherwise.
    pub(super) is_ambiguous: bool,
    /// Whether something was seen that no program has: a string without an end, two operands side by side.
    pub(super) is_unfit: bool,
}

impl Grammar {
    pub(super) fn new(goal: Goal) -> Self {
        let awaits = if goal == Goal::Module { Awaits::Yes } else { Awaits::Perhaps };
        let context = Context { yields: false, awaits };
        Self {
            state: State::STATEMENT,
            context,
            top: Frame::new(Open::Block, State::STATEMENT, context),
            around: Vec::new(),
            body: (Context::NONE, State::STATEMENT),
            is_async_arrow: false,
            is_module: false,
            is_ambiguous: false,
            is_unfit: false,
        }
    }

    /// Behind a keyword that a value may stand for.
    pub(super) fn behind_a_word(goal: Goal) -> Self {
        Self { state: State::Value, ..Self::new(goal) }
    }

    /// Whether this cannot be a whole program.
    pub(super) fn is_broken(&self) -> bool {
        self.is_unfit || !self.around.is_empty() || matches!(self.state, State::Operand | State::Dot)
    }

    /// Whether a `/` divides here; else it begins a regular expression.
    pub(super) fn divides(&self) -> bool {
        use State::{Async, Await, Import, Let, Value};
        matches!(self.state, Value | Async(_) | Await | Import { .. } | Let { .. })
    }

    /// Whether a `}` goes on with a template.
    pub(super) fn ends_substitution(&mut self) -> bool {
        self.end_expression();
        self.top.open == Open::Substitution
    }

    /// A word, and whether it is only a name, whatever it says.
    pub(super) fn word(&mut self, word: &[u8], newline: bool) -> bool {
        self.is_async_arrow = false;
        self.settle(Lexeme::Word(word), newline);
        self.take_word(word, newline)
    }

    /// A string, a number or a regular expression.
    pub(super) fn literal(&mut self, newline: bool) {
        self.is_async_arrow = false;
        self.settle(Lexeme::Literal, newline);
        if self.state == State::Value {
            self.is_unfit |= !newline;
            self.insert_semicolon();
        }
        self.state = match self.state {
            State::Key | State::Starred | State::KeyEnd => return self.key(b"", newline),
            State::Names => State::Names,
            // A name that is no identifier: `export * as "a b" from`.
            State::Clause { is_as: true } => State::CLAUSE,
            State::Clause { .. } => State::ClauseEnd,
            _ => State::Value,
        };
    }

    /// A template without substitutions, or its first part: one behind a value is its argument.
    pub(super) fn template(&mut self, newline: bool, is_whole: bool) {
        self.is_async_arrow = false;
        self.settle(Lexeme::Template, newline);
        self.state = State::Value;
        if !is_whole {
            self.push(Open::Substitution, State::Value, State::Operand);
        }
    }

    /// What follows a substitution: the end of the template, or the next substitution.
    pub(super) fn template_goes_on(&mut self, is_end: bool) {
        if is_end {
            self.pop();
            self.state = State::Value;
        } else {
            self.top.questions = 0;
            self.state = State::Operand;
        }
    }

    /// A mark.
    pub(super) fn mark(&mut self, mark: Mark, newline: bool) {
        let is_async_arrow = std::mem::take(&mut self.is_async_arrow);
        self.settle(Lexeme::Mark(mark), newline);
        match mark {
            Mark::OpenBrace => self.open_brace(),
            Mark::OpenParenthesis => self.open_parenthesis(),
            Mark::OpenBracket => self.open_bracket(newline),
            Mark::Close(byte) => self.close(byte),
            Mark::Semicolon => self.semicolon(),
            Mark::Comma => self.comma(),
            Mark::Colon => self.colon(),
            Mark::Question => {
                self.top.questions = self.top.questions.saturating_add(1);
                self.state = State::Operand;
            }
            Mark::Dot | Mark::Chain => {
                self.state = match self.state {
                    State::Decorated(end) => State::Decorator(end),
                    State::Import { .. } => State::Meta,
                    _ => State::Dot,
                };
            }
            Mark::Equals => {
                // What a field begins with is no part of a function around the class.
                if self.state == State::KeyEnd && self.top.open == Open::Class {
                    self.context = Context::NONE;
                }
                self.state = State::Operand;
            }
            Mark::Star => self.star(newline),
            Mark::Arrow => self.state = State::Arrow { is_async: is_async_arrow },
            Mark::Update if self.state == State::Value && !newline => {}
            Mark::Update | Mark::Prefix => {
                if self.state == State::Value && newline {
                    self.insert_semicolon();
                }
                self.state = State::Operand;
            }
            Mark::At => self.at(),
            Mark::Operator => self.state = State::Operand,
        }
    }

    fn push(&mut self, open: Open, then: State, state: State) {
        let frame = Frame::new(open, then, self.context);
        self.around.push(std::mem::replace(&mut self.top, frame));
        self.state = state;
    }

    /// Closes the innermost frame; the program itself stays open.
    fn pop(&mut self) -> Frame {
        let closed = self.top;
        if let Some(outer) = self.around.pop() {
            self.top = outer;
            self.context = closed.outer;
        }
        closed
    }

    /// An expression has ended, and with it the arrow functions whose bodies it was.
    fn end_expression(&mut self) {
        while self.top.open == Open::Arrow {
            self.pop();
        }
    }

    /// A statement begins.
    fn statement(&mut self, single: bool) {
        (self.top.questions, self.top.declares) = (0, false);
        self.state = State::Statement { single };
    }

    /// A member of an object or class begins.
    fn member(&mut self) {
        if self.top.open == Open::Class {
            self.context = self.top.outer;
        }
        self.state = State::Key;
    }

    fn enter(&mut self, state: State) {
        match state {
            State::Statement { single } => self.statement(single),
            State::Key => self.member(),
            state => self.state = state,
        }
    }

    /// The expression or declaration before ends here, without a semicolon (section 12.10).
    fn insert_semicolon(&mut self) {
        self.end_expression();
        match self.top.open {
            Open::Block | Open::Switch => self.statement(false),
            Open::Class => self.member(),
            _ => self.state = State::Operand,
        }
    }

    /// Something that only a module has, if it stands outside of every bracket.
    fn is_of_a_module(&mut self) {
        self.is_module |= self.around.is_empty();
    }

    /// Decides about a state that the next token decides about.
    fn settle(&mut self, next: Lexeme<'_>, newline: bool) {
        use Lexeme::{Literal, Word};
        use Mark::{
            At, Chain, Close, Colon, Comma, Dot, Equals, OpenBrace, OpenBracket, OpenParenthesis, Semicolon,
            Star,
        };
        let is_word =
            |words: &[&str]| matches!(next, Word(word) if words.iter().any(|known| known.as_bytes() == word));
        let is = |mark: Mark| next == Lexeme::Mark(mark);
        let ends_binding = || {
            let is_mark = matches!(next, Lexeme::Mark(Comma | Semicolon | Close(_) | Colon));
            is_mark || (matches!(self.top.open, Open::For { .. }) && is_word(&["in", "of"]))
        };
        match self.state {
            State::Restricted if newline => self.insert_semicolon(),
            State::Restricted => self.state = State::Operand,
            State::Await => {
                let is_operand = matches!(next, Word(_) | Literal) && !is_word(&["in", "instanceof", "of"]);
                // No two operands stand side by side.
                self.is_module |= is_operand && !newline;
                self.state = if is_operand && !newline { State::Operand } else { State::Value };
            }
            State::Jump if newline || !matches!(next, Word(_)) => self.statement(false),
            State::BindingEnd if ends_binding() || is(Equals) => self.state = State::Value,
            State::ArrowEnd if ends_binding() || is_word(&["in"]) => self.state = State::Value,
            State::BindingEnd | State::ArrowEnd => self.insert_semicolon(),
            State::Arrow { is_async } if !is(OpenBrace) => {
                self.push(Open::Arrow, State::Value, State::Operand);
                self.context = Context::of_function(is_async);
            }
            State::Let { single } => {
                let is_pattern = is(OpenBracket) || (is(OpenBrace) && !(single && newline));
                let is_name = matches!(next, Word(word) if !is_reserved(word)) && !(single && newline);
                self.top.declares |= is_pattern || is_name;
                self.state = if is_pattern || is_name { State::Binding } else { State::Value };
            }
            State::Async(_) => {
                let is_for_await = self.top.open == Open::For { is_await: true };
                let is_parameter = matches!(next, Word(word) if !matches!(word, b"in" | b"instanceof"))
                    && !(is_for_await && is_word(&["of"]));
                if newline || !(is_parameter || is(OpenParenthesis)) {
                    self.state = State::Value;
                }
            }
            State::Import { is_statement } => {
                let is_clause = matches!(next, Word(_) | Literal) || is(OpenBrace) || is(Star);
                if is_statement && is_clause {
                    self.is_of_a_module();
                    self.state = State::CLAUSE;
                } else if !is(Dot) {
                    self.state = State::Value;
                }
            }
            // Where one is broken, the next one is found.
            State::Clause { .. } if is_word(&["import", "export"]) => self.statement(false),
            State::ExportEnd if is_word(&["from"]) => self.state = State::CLAUSE,
            State::ClauseEnd if is_word(&["with"]) || (is_word(&["assert"]) && !newline) => {}
            State::ClauseEnd | State::ExportEnd => self.statement(false),
            State::Attributes | State::SwitchBody if !is(OpenBrace) => self.statement(false),
            State::Export if !(is_word(&["default"]) || is(OpenBrace) || is(Star)) => self.statement(false),
            State::ExportDefault if !(is_word(&["function", "class", "async"]) || is(At)) => {
                self.state = State::Operand;
            }
            State::Decorated(end) if !(is(Dot) || is(Chain) || is(OpenParenthesis)) => self.enter(end.into()),
            State::ForInit if !is_word(&["var", "const", "let"]) => self.state = State::Operand,
            State::ForHead { .. } if is_word(&["await"]) => {}
            State::Head | State::ForHead { .. } | State::SwitchHead if !is(OpenParenthesis) => {
                self.statement(false);
            }
            // No body: a declaration of TypeScript, or broken.
            State::Body if !is(OpenBrace) => self.enter(self.body.1),
            State::Function { end, .. } if !(matches!(next, Word(_)) || is(Star) || is(OpenParenthesis)) => {
                self.enter(end.into());
            }
            _ => {}
        }
    }

    fn take_word(&mut self, word: &[u8], newline: bool) -> bool {
        let is_extends = word == b"extends" && matches!(self.state, State::ClassName(_));
        match self.state {
            State::Key | State::Starred | State::KeyEnd => self.key(word, newline),
            State::Dot => self.state = State::Value,
            State::Meta => {
                self.is_module |= word == b"meta";
                self.state = State::Value;
            }
            State::Clause { .. } => self.state = State::Clause { is_as: word == b"as" },
            State::Names | State::Function { .. } | State::ClassName(_) if !is_extends => {}
            State::ClauseEnd => self.state = State::Attributes,
            State::Jump => self.statement(false),
            State::Binding => self.state = State::BindingEnd,
            State::Decorator(end) => self.state = State::Decorated(end),
            State::ForHead { .. } => self.state = State::ForHead { is_await: true },
            State::ClassName(end) => self.push(Open::Heritage, end.into(), State::Operand),
            State::Export => self.state = State::ExportDefault,
            State::Async(end) if word == b"function" => {
                self.state = State::Function { end, body: Context::of_function(true) };
            }
            State::Async(_) => {
                self.is_async_arrow = true;
                self.state = State::Value;
            }
            State::ExportDefault => {
                self.keyword(word, Some(false));
                return false;
            }
            State::ForInit => {
                self.top.declares = word != b"let";
                self.state = if word == b"let" { State::Let { single: false } } else { State::Binding };
                return false;
            }
            State::Value => {
                let is_in_head = matches!(self.top.open, Open::For { .. });
                if matches!(word, b"in" | b"instanceof") || (is_in_head && word == b"of") {
                    if is_in_head {
                        // What it was does not matter behind this.
                        (self.top.open, self.top.declares) = (Open::For { is_await: false }, false);
                    }
                    self.state = State::Operand;
                    return false;
                }
                self.is_unfit |= !newline;
                self.insert_semicolon();
                return self.take_word(word, newline);
            }
            State::Statement { single } => {
                self.keyword(word, Some(single));
                return false;
            }
            _ => {
                self.keyword(word, None);
                return false;
            }
        }
        true
    }

    /// A word where a statement (`single` or not) or an operand begins.
    fn keyword(&mut self, word: &[u8], statement: Option<bool>) {
        let end = if statement.is_some() { End::Statement } else { End::Value };
        self.state = match word {
            b"if" | b"while" | b"with" | b"catch" => State::Head,
            b"for" => State::ForHead { is_await: false },
            b"switch" => State::SwitchHead,
            b"else" | b"do" => State::SUBSTATEMENT,
            b"try" | b"finally" | b"debugger" => State::STATEMENT,
            b"return" => State::Restricted,
            b"yield" if self.context.yields => State::Restricted,
            b"await" if self.context.awaits == Awaits::Yes => State::Operand,
            b"await" if self.context.awaits == Awaits::Perhaps => {
                self.is_ambiguous = true;
                State::Await
            }
            b"case" | b"throw" | b"new" | b"typeof" | b"void" | b"delete" | b"in" | b"instanceof"
            | b"extends" => State::Operand,
            b"break" | b"continue" => State::Jump,
            b"function" => State::Function { end, body: Context::NONE },
            b"class" => State::ClassName(end),
            b"async" => State::Async(end),
            b"import" => State::Import { is_statement: statement.is_some() },
            b"export" => {
                self.is_of_a_module();
                State::Export
            }
            b"var" | b"const" => {
                self.top.declares = true;
                State::Binding
            }
            b"let" => match statement {
                Some(single) => State::Let { single },
                None => State::Value,
            },
            _ => State::Value,
        };
    }

    /// A part of a member's name: a word, or for anything else nothing.
    fn key(&mut self, word: &[u8], newline: bool) {
        let begins_anew = newline && self.top.open == Open::Class;
        let top = &mut self.top;
        match self.state {
            State::Starred => {}
            State::KeyEnd if !begins_anew => {
                if top.is_async_last {
                    top.method.awaits = Awaits::Yes;
                }
            }
            // A field without a semicolon is before it, if anything is.
            _ => top.method = Context::NONE,
        }
        top.is_async_last = self.state != State::Starred && word == b"async";
        self.state = State::KeyEnd;
    }

    fn star(&mut self, newline: bool) {
        self.state = match self.state {
            State::Function { end, body } => State::Function { end, body: Context { yields: true, ..body } },
            State::Key | State::Starred | State::KeyEnd => {
                self.key(b"", newline);
                self.top.method.yields = true;
                State::Starred
            }
            State::Clause { .. } | State::Export => State::CLAUSE,
            _ => State::Operand,
        };
    }

    fn open_brace(&mut self) {
        if self.state == State::Value {
            if self.top.open == Open::Heritage {
                let then = self.pop().then;
                return self.push(Open::Class, then, State::Key);
            }
            self.insert_semicolon();
        }
        match self.state {
            State::Statement { .. } => {
                self.push(Open::Block, State::STATEMENT, State::STATEMENT);
            }
            State::SwitchBody => self.push(Open::Switch, State::STATEMENT, State::STATEMENT),
            State::Body => {
                let (context, then) = self.body;
                self.push(Open::Block, then, State::STATEMENT);
                self.context = context;
            }
            State::Arrow { is_async } => {
                self.push(Open::Block, State::ArrowEnd, State::STATEMENT);
                self.context = Context::of_function(is_async);
            }
            State::ClassName(end) => self.push(Open::Class, end.into(), State::Key),
            State::Clause { .. } => self.push(Open::Names, State::CLAUSE, State::Names),
            State::Export => self.push(Open::Names, State::ExportEnd, State::Names),
            State::Names => self.push(Open::Names, State::Names, State::Names),
            State::Attributes => self.push(Open::Object, State::STATEMENT, State::Key),
            State::Binding => self.push(Open::Object, State::BindingEnd, State::Key),
            // `static {`
            State::Key | State::KeyEnd if self.top.open == Open::Class => {
                self.push(Open::Block, State::Key, State::STATEMENT);
                self.context = Context::NONE;
            }
            _ => self.push(Open::Object, State::Value, State::Key),
        }
    }

    fn open_parenthesis(&mut self) {
        match self.state {
            State::Head => self.push(Open::Parenthesis, State::SUBSTATEMENT, State::Operand),
            State::ForHead { is_await } => {
                self.push(Open::For { is_await }, State::SUBSTATEMENT, State::ForInit);
            }
            State::SwitchHead => self.push(Open::Parenthesis, State::SwitchBody, State::Operand),
            State::Function { end, body } => {
                self.push(Open::Parameters(body), end.into(), State::Operand);
                self.context = body;
            }
            State::Key | State::Starred | State::KeyEnd => {
                let method = self.top.method;
                let then = if self.top.open == Open::Class { State::Key } else { State::Value };
                self.push(Open::Parameters(method), then, State::Operand);
                self.context = method;
            }
            State::Async(_) => self.push(Open::AsyncCall, State::Value, State::Operand),
            State::Decorator(end) => self.push(Open::Parenthesis, State::Decorated(end), State::Operand),
            State::Decorated(end) => self.push(Open::Parenthesis, end.into(), State::Operand),
            _ => self.push(Open::Parenthesis, State::Value, State::Operand),
        }
    }

    fn open_bracket(&mut self, newline: bool) {
        let then = match self.state {
            State::Key | State::Starred | State::KeyEnd => {
                self.key(b"", newline);
                State::KeyEnd
            }
            State::Binding => State::BindingEnd,
            _ => State::Value,
        };
        self.push(Open::Bracket, then, State::Operand);
    }

    /// Closes the innermost bracket if it is one of that kind.
    fn close(&mut self, byte: u8) {
        while matches!(self.top.open, Open::Arrow | Open::Heritage) {
            self.pop();
        }
        let bracket = match self.top.open {
            Open::Parenthesis | Open::AsyncCall | Open::For { .. } | Open::Parameters(_) => b')',
            Open::Bracket => b']',
            _ => b'}',
        };
        if bracket != byte || self.around.is_empty() {
            // One that closes nothing.
            self.is_unfit = true;
            self.state = State::Value;
            return;
        }
        let closed = self.pop();
        match closed.open {
            Open::Parameters(context) => {
                self.body = (context, closed.then);
                self.state = State::Body;
            }
            Open::AsyncCall => {
                self.is_async_arrow = true;
                self.state = State::Value;
            }
            _ => self.enter(closed.then),
        }
    }

    fn semicolon(&mut self) {
        self.end_expression();
        match self.top.open {
            Open::For { .. } => {
                self.top.declares = false;
                self.state = State::Operand;
            }
            Open::Class => self.member(),
            _ => self.statement(false),
        }
    }

    fn comma(&mut self) {
        if matches!(self.state, State::Clause { .. } | State::Names) {
            return;
        }
        self.end_expression();
        match self.top.open {
            Open::Object | Open::Class => self.member(),
            _ if self.top.declares => self.state = State::Binding,
            _ => self.state = State::Operand,
        }
    }

    fn colon(&mut self) {
        while self.top.open == Open::Arrow && self.top.questions == 0 {
            self.pop();
        }
        match self.top.open {
            _ if self.top.questions > 0 => {
                self.top.questions -= 1;
                self.state = State::Operand;
            }
            // A label; behind a `case` there may be declarations.
            Open::Block => self.statement(true),
            Open::Switch => self.statement(false),
            _ => self.state = State::Operand,
        }
    }

    fn at(&mut self) {
        if self.state == State::Value {
            self.insert_semicolon();
        }
        self.state = State::Decorator(match self.state {
            State::Statement { .. } | State::ExportDefault => End::Statement,
            State::Key | State::KeyEnd => End::Key,
            _ => End::Value,
        });
    }
}

/// Whether a word behind `let` shows that this is a name.
fn is_reserved(word: &[u8]) -> bool {
    matches!(
        word,
        b"break"
            | b"case"
            | b"catch"
            | b"class"
            | b"const"
            | b"continue"
            | b"debugger"
            | b"default"
            | b"delete"
            | b"do"
            | b"else"
            | b"export"
            | b"finally"
            | b"for"
            | b"function"
            | b"if"
            | b"import"
            | b"in"
            | b"instanceof"
            | b"new"
            | b"return"
            | b"super"
            | b"switch"
            | b"this"
            | b"throw"
            | b"try"
            | b"typeof"
            | b"var"
            | b"void"
            | b"while"
            | b"with"
    )
}
