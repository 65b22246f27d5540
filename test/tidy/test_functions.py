"""The ruler itself is measured first."""

from functions import functions_of

EXAMPLE = '''
#pragma once
#define MACRO(x) \\
  { x }
namespace a {
enum class Kind : int { kOne };
constexpr int kTable[] = {
    1,
    2,
};
template <class T>
struct Box : Base<T> {
 public:
  explicit Box(T t)
      : t_{t} {
    Use(t);
  }
  T get() const { return t_; }
};
// void Commented() {
int Outer(int n) {
  if (n > 1'000) {
    const char* text = "}";
  }
  auto inner = [&] {
    return '{';
  };
  return inner();
}
}  // namespace a
'''


def test_functions_are_found_with_their_lengths():
    assert [(f.name, f.lines) for f in functions_of(EXAMPLE)] == [("Box", 4), ("get", 1), ("Outer", 9)]


def test_a_long_function_is_seen():
    body = "\n".join("  F();" for _ in range(80))
    assert functions_of(f"void Long() {{\n{body}\n}}\n")[0].lines == 82
