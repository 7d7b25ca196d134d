// Copies the address; where the browser does not allow that, shows it selected.
export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button");
  const field = parentElement.querySelector("input");
  const said = parentElement.querySelector("[role=status]");
  button.textContent = data.words.button;
  button.title = data.words.help;
  field.setAttribute("aria-label", data.words.field);
  parentElement.querySelector(".note").textContent = data.note;
  const byHand = () => {
    field.hidden = false;
    field.value = location.href;
    field.focus();
    field.select();
    said.textContent = data.words.by_hand;
  };
  button.onclick = () => {
    field.hidden = true;
    said.textContent = "";
    if (!navigator.clipboard) return byHand();
    navigator.clipboard.writeText(location.href).then(() => { said.textContent = data.words.done; }, byHand);
  };
}
