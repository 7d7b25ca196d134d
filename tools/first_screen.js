// What a visitor sees before scrolling: the finding, the highest picture, and texts that lie over one another.
() => {
  const SMALL = 60, TOUCH = 2; // pixels: smaller drawings are icons; less is the edge of a letter
  const hosts = [...document.querySelectorAll("*")].filter((e) => e.shadowRoot);
  const rooms = [document, ...hosts.map((e) => e.shadowRoot)];
  const deep = (what) => rooms.flatMap((room) => [...room.querySelectorAll(what)]);
  const main = document.querySelector("[data-testid=stMainBlockContainer]");
  const up = (e) => e.parentElement ?? e.getRootNode().host ?? null;
  const inMain = (e) => e === main || (e !== null && inMain(up(e)));
  const plain = ({ left, top, right, bottom }) => ({ left, top, right, bottom });
  const both = (a, b) => ({
    left: Math.max(a.left, b.left), top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right), bottom: Math.min(a.bottom, b.bottom),
  });
  const most = (b) => b.right - b.left > TOUCH && b.bottom - b.top > TOUCH;

  const clips = new Map(); // what of an element's inside can be seen
  function clipOf(e) {
    if (e === null) return { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
    if (!clips.has(e)) {
      const open = e instanceof SVGElement || getComputedStyle(e).overflow === "visible";
      clips.set(e, open ? clipOf(up(e)) : both(clipOf(up(e)), e.getBoundingClientRect()));
    }
    return clips.get(e);
  }
  const sticky = (e) => e !== null && (getComputedStyle(e).position === "sticky" || sticky(up(e)));

  function textsOf(room) {
    const found = [], walk = document.createTreeWalker(room, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const node = walk.currentNode, e = node.parentElement;
      if (!node.data.trim() || !e || !e.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      if (sticky(e)) continue; // it lies over what is scrolled under it, on a ground of its own
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const rect of range.getClientRects()) {
        const air = 0.2 * rect.height; // above and below the letters
        const box = both({ left: rect.left, top: rect.top + air, right: rect.right, bottom: rect.bottom - air }, clipOf(e));
        if (most(box)) found.push({ e, box, text: node.data.trim() });
      }
    }
    return found;
  }
  const texts = rooms.flatMap((room) => textsOf(room === document ? document.body : room));
  const over = [];
  texts.forEach((a, i) => texts.slice(i + 1).forEach((b) => {
    if (a.e !== b.e && most(both(a.box, b.box))) over.push(`${a.text} | ${b.text}`);
  }));
  const pictures = deep("img, canvas, svg")
    .filter((e) => inMain(e) && e.checkVisibility())
    .map((e) => e.getBoundingClientRect())
    .filter((b) => Math.min(b.width, b.height) >= SMALL)
    .sort((a, b) => a.top - b.top);
  const finding = deep("h1").filter(inMain).map((e) => plain(e.getBoundingClientRect()));
  return { finding: finding[0], picture: pictures.length ? plain(pictures[0]) : null, over };
}
