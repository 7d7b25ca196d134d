// Has the address bar show this page's state. The page's name is compared first: a message that is late must
// not write under another page. A link that names a place on the page (#...) comes before the place is drawn:
// it is looked for during some seconds.
const nameOf = names => {
  const last = location.pathname.replace(/\/+$/, "").split("/").pop();
  return names.includes(last) ? last : "";
};
const seek = (hash, until) => {
  if (location.hash !== hash) return;
  const place = document.getElementById(decodeURIComponent(hash.slice(1)));
  if (place) place.scrollIntoView();
  else if (Date.now() < until) setTimeout(seek, 200, hash, until);
};
let sought = false;
export default function ({ data }) {
  if (!sought && location.hash.length > 1) seek(location.hash, Date.now() + 8000);
  sought = true;
  let tries = 0, timer = 0;
  const write = () => {
    if (nameOf(data.names) !== data.page) {
      if (tries++ < 20) timer = setTimeout(write, 100);
      return;
    }
    const wanted = data.query ? "?" + data.query : "";
    if (location.search !== wanted)
      history.replaceState(history.state, "", location.pathname + wanted + location.hash);
  };
  write();
  return () => clearTimeout(timer);
}
