// Called again with each new payload; an earlier call's end must not take the viewer of a later one along.
const mountViewer = CORE;
const kept = new WeakMap();
export default function (component) {
  const { data, parentElement, setStateValue } = component;
  let own = kept.get(parentElement);
  if (!own) kept.set(parentElement, (own = { turn: 0, viewer: null, view: null, send: null }));
  own.send = setStateValue;
  const turn = ++own.turn;
  if (own.viewer) own.viewer.update(data);
  else {
    const onView = (view) => own.send("view", (own.view = view));
    own.viewer = mountViewer(parentElement, data, { onView, view: own.view });
  }
  return () => {
    if (own.turn !== turn) return;
    own.viewer.destroy();
    own.viewer = null;
  };
}
