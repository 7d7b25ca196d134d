// Another step begins at its top: the page scrolls there when the step changes, and at no other time.
let last = null;
export default function (component) {
  const { data } = component;
  if (last !== null && last !== data) {
    const main = document.querySelector('[data-testid="stMain"]');
    if (main) main.scrollTo({ top: 0, behavior: "instant" });
  }
  last = data;
}
