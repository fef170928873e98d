// All works without this script.
(() => {
  const $ = (id) => document.getElementById(id);
  const all = (where, what) => [...where.querySelectorAll(what)];
  const form = $("answers"), code = $("code"), root = document.documentElement;

  // A QR's code leaves the address bar.
  const found = !form && location.hash.match(/^#(?:code=)?([0-9a-z-]{16,24})$/i);
  if (found) history.replaceState(null, "", location.pathname + location.search);
  if (code && found) code.value = found[1].toUpperCase();
  if (code) all(document, "nav a").forEach((a) => a.addEventListener("click", () => {
    if (code.value) a.hash = "code=" + code.value.replace(/[^\w-]/g, "");
  }));
  addEventListener("pageshow", (e) => e.persisted && location.reload());
  if (!form) return;

  root.classList.add("js");
  const place = $("place"), offline = document.querySelector(".offline");
  let dirty = false, leaving = false;

  // Conditions, live; a hidden question meets none.
  const on = (name, how = "") => form.querySelector(`[name="${name}"]:enabled${how}`);
  const holds = (c) => c.item
    ? c.in.some((v) => on(c.item, `[value="${v}"]:checked`) || on(c.item)?.valueAsNumber === v
      || on(`${c.item}_${v}`, "[type=checkbox][value='1']:checked"))
    : c.all ? c.all.every(holds) : c.any ? c.any.some(holds) : !holds(c.not);
  const guard = () => all(form, "[data-if]").forEach((q) => {
    q.hidden = !holds(JSON.parse(q.dataset.if));
    all(q, "input").forEach((i) => { i.disabled = q.hidden; });
  });

  const isOpen = (q) => !q.hidden
    && !all(q, "input").some((i) => i.checked || i.type === "number" && i.value);
  const hint = (part) => {
    const open = all(part, "[data-question]").filter(isOpen);
    if (!open.length || part.classList.contains("hinted")) return false;
    const box = part.querySelector(".open-hint");
    part.classList.add("hinted");
    box.hidden = false;
    box.classList.toggle("one", open.length === 1);
    all(box, "b").forEach((b) => { b.textContent = open.length; });
    box.querySelector("a").hash = open[0].id;
    box.focus();
    return true;
  };

  // The review comes into this document: Back leads to the answers.
  const load = async () => {
    offline.hidden = true;
    try {
      const got = await fetch(form.action, { method: "POST", headers: { "Pegel-Part": "1" },
        body: new URLSearchParams(new FormData(form)) });
      if (!got.ok || got.redirected) { leaving = true; return form.submit(); }
      place.innerHTML = await got.text();
    } catch { return void (offline.hidden = false); }
    $("send").addEventListener("submit", () => { leaving = true; });
    if (location.hash === "#review") show(); else location.hash = "review";
  };
  const show = () => {
    const at = document.querySelector(":target") || form;
    if ("question" in at.dataset) return;
    at.querySelector("h2").focus();
    scrollTo(0, 0);
  };

  form.addEventListener("change", (e) => {
    const box = e.target;
    dirty = true;
    if (box.checked && box.type === "checkbox") all(box.closest(".options"), "input").forEach((o) => {
      if (o !== box && ("alone" in box.dataset || "alone" in o.dataset)) o.checked = false;
    });
    guard();
  });
  form.addEventListener("click", (e) => {
    const next = e.target.closest("a.next");
    if (next && hint(next.closest(".part"))) e.preventDefault();
  });
  form.addEventListener("keydown", (e) => {
    if (e.key === "Enter" && e.target.matches("input")) e.preventDefault();
  });
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    if (!hint($(place.dataset.last))) load();
  });
  all(document, "[name=_language]").forEach((l) => l.addEventListener("change", () => {
    root.lang = l.value;
    if (location.hash === "#review") load();
  }));
  addEventListener("hashchange", () => {
    all(form, ".hinted").forEach((p) => {
      p.classList.remove("hinted");
      p.querySelector(".open-hint").hidden = true;
    });
    show();
  });
  addEventListener("beforeunload", (e) => { if (dirty && !leaving) e.preventDefault(); });
  guard();
})();
