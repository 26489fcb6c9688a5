/** What people paste; some of it has another language in it, some ends in the middle, some is to do harm. */
export const codeSamples: readonly (readonly [language: string, code: string])[] = [
  ["bash", `#!/bin/sh\nfor f in *.log; do echo "$f: $(wc -l < $f)" # lines\ndone\ncat <<EOF\n$HOME & <b>`],
  ["shell", "$ kubectl get pods | grep -v 'Running'\nNAME READY\n> echo \"a\"\n"],
  ["json", `{"name": "it's", "n": -1.5e3, "ok": true, "no": null, "list": [1, "<script>"]}`],
  ["yaml", "a: &anchor\n  - 'one'\n  - !!str two # words\nb: *anchor\nc: |\n  <b>\n"],
  ["xml", `<a href="x">&amp;</a><style>p { color: red; }</style><script>let a = 1 < 2 && "b";</script>`],
  ["php", `<p><?php echo "Hello $name" . PHP_EOL; /* words */ class A extends B {} ?></p><script>f()`],
  ["diff", "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-old <b>\n+new & 'more'\n"],
  [
    "python",
    `@property\ndef f(self, *, a: int = 0x1F) -> str:\n    """Says."""\n    return f"{a!r} is {b}"\n`,
  ],
  ["typescript", `export class A<T> { #x = \`a\${b}c\`; f(): void { return /re[/]/g.test('x') ? 1n : 2 } }`],
  ["javascript", "const a = <div class=\"x\">{b}</div>; async () => await import('x'); // words"],
  ["sql", "select count(*) from t where a <> 'it''s' and b >= 1.5 -- words\n"],
  ["java", "@Override public static void main(String[] args) throws E { int x = 1_000; /** words */ }"],
  ["rust", 'fn main() -> Result<(), E> { let s = r#"raw"#; println!("{s:?}"); \'a: loop {} }'],
  ["css", "@media (min-width: 1px) { a:hover > b::before { content: '\\201C'; color: #fff !important } }"],
  ["ini", '[section]\nkey = "value" ; words\n'],
];
