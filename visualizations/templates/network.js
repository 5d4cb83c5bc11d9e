// The picture to walk through. Words from the data are shown by textContent and canvas text only.
"use strict";
(function () {
  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($("data").textContent);
  const { nodes, edges, picture } = data;
  const node = new Map(nodes.map((n) => [n.id, n]));
  const rows = document.querySelectorAll("tr[data-box], tr[data-arrow]");
  const hiddenSigns = new Set();
  const probe = document.createElement("canvas").getContext("2d");
  probe.lineWidth = 12;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  let colour = picture.themes[dark.matches ? "dark" : "light"];
  let chosen = null; // id of a box, number of an arrow, or nothing
  let lit = null; // ids of the boxes on its chain, or null for all
  let network = null;

  for (const e of edges) {
    e.shape = new Path2D(e.arrow.path);
    e.tip = new Path2D(e.arrow.head);
  }

  // ---- what is shown -------------------------------------------------------------------------
  const boxShown = (n) => !n.box.signs.some((sign) => hiddenSigns.has(sign));
  const edgeShown = (e) =>
    !hiddenSigns.has("arrow:" + e.arrow.state) && boxShown(node.get(e.from)) && boxShown(node.get(e.to));
  const boxLit = (id) => lit === null || lit.has(id);

  function chain(ends) {
    const found = new Set(ends);
    for (const ahead of [true, false]) {
      const waiting = [ends[ahead ? ends.length - 1 : 0]];
      const seen = new Set(waiting);
      while (waiting.length) {
        const here = waiting.pop();
        for (const e of edges) {
          const [start, end] = ahead ? [e.from, e.to] : [e.to, e.from];
          if (start === here && !seen.has(end) && edgeShown(e)) {
            seen.add(end);
            waiting.push(end);
          }
        }
      }
      seen.forEach((id) => found.add(id));
    }
    return found;
  }

  // ---- drawing -------------------------------------------------------------------------------
  const font = (size, bold) => (bold ? "600 " : "") + size + "px " + picture.font.family;

  function drawLanes(ctx) {
    ctx.textAlign = "center";
    for (const lane of picture.lanes) {
      const high = Math.max(picture.height, 64);
      ctx.fillStyle = colour.lane;
      ctx.beginPath();
      ctx.roundRect(lane.x, -picture.lane, lane.width, high + 2 * picture.lane, 10);
      ctx.fill();
      ctx.fillStyle = colour.quiet;
      ctx.font = font(picture.font.label, true);
      ctx.fillText(lane.heading, lane.x + lane.width / 2, -picture.lane - 10);
      ctx.font = font(picture.font.small, false);
      if (lane.empty) ctx.fillText("none shown", lane.x + lane.width / 2, 20);
    }
  }

  function drawArrow(ctx, e) {
    const on = chosen === e.id || (boxLit(e.from) && boxLit(e.to));
    ctx.globalAlpha = on ? 1 : 0.16;
    ctx.strokeStyle = ctx.fillStyle = colour["arrow-" + e.arrow.state];
    ctx.lineWidth = e.width + (chosen === e.id ? 1.6 : 0);
    ctx.lineCap = e.arrow.dashes.length ? "round" : "butt";
    ctx.setLineDash(e.arrow.dashes);
    ctx.stroke(e.shape);
    ctx.setLineDash([]);
    ctx.fill(e.tip);
  }

  function drawWords(ctx, e) {
    if (!e.arrow.rectangle) return;
    ctx.lineWidth = 1.3;
    const [x, y, wide, high] = e.arrow.rectangle;
    const inside = picture.lanes.some((lane) => lane.x <= x && x < lane.x + lane.width);
    ctx.globalAlpha = boxLit(e.from) && boxLit(e.to) ? 1 : 0.16;
    ctx.fillStyle = inside && !e.arrow.number ? colour.lane : colour.page;
    ctx.beginPath();
    ctx.roundRect(x, y, wide, high, e.arrow.number ? high / 2 : 3);
    ctx.fill();
    ctx.strokeStyle = colour["arrow-" + e.arrow.state];
    if (e.arrow.number) ctx.stroke();
    e.arrow.lines.forEach((line, i) => {
      const missing = e.arrow.state === "missing";
      ctx.fillStyle = missing ? colour.missing : i ? colour.quiet : colour.text;
      ctx.font = font(picture.font.small, missing && i === 0);
      ctx.fillText(line, x + wide / 2, y + picture.font.small_line * i + picture.font.small + 0.5, wide - 4);
    });
  }

  function drawUnder(ctx) {
    ctx.save();
    ctx.textBaseline = "alphabetic";
    drawLanes(ctx);
    const shown = edges.filter(edgeShown);
    shown.forEach((e) => drawArrow(ctx, e));
    shown.forEach((e) => drawWords(ctx, e));
    ctx.restore();
  }

  function drawBox(ctx, n, x, y) {
    const b = n.box;
    ctx.save();
    ctx.globalAlpha = boxLit(n.id) ? 1 : 0.22;
    ctx.translate(x, y);
    const shape = new Path2D(b.outline);
    ctx.fillStyle = b.state === "absent" ? colour.page : colour["fill-" + b.palette];
    ctx.fill(shape);
    ctx.strokeStyle = colour["border-" + b.palette];
    ctx.lineWidth = chosen === n.id ? 3.5 : b.state === "missing" ? 2 : 1.3;
    ctx.setLineDash(b.dashes);
    ctx.stroke(shape);
    ctx.setLineDash([]);
    const left = -b.width / 2;
    const room = b.width - (b.kind === "market" ? 27 : 19);
    if (b.kind === "product" && b.state === "present") {
      ctx.fillStyle = colour["border-" + b.palette];
      ctx.fillRect(left + 4, -b.height / 2 + 8, 3, b.height - 16);
    }
    const f = picture.font;
    let at = -(f.line * b.lines.length + f.small_line * b.small.length) / 2 + f.label;
    ctx.textAlign = "left";
    ctx.textBaseline = "alphabetic";
    ctx.fillStyle = colour.text;
    ctx.font = font(f.label, true);
    for (const line of b.lines) {
      ctx.fillText(line, left + 13, at, room);
      at += f.line;
    }
    ctx.font = font(f.small, false);
    b.small.forEach((line, i) => {
      ctx.fillStyle = i < b.quiet ? colour.quiet : colour.missing;
      ctx.fillText(line, left + 13, at - f.line + f.small_line * (i + 1) + 0.5, room);
    });
    ctx.restore();
  }

  // Size of the picture with its headings, and the scale at which all of it fits.
  function measured() {
    const box = $("graph").getBoundingClientRect();
    const high = Math.max(picture.height, 64);
    const wide = picture.width + 2 * picture.lane;
    const scale = Math.min((box.width - 20) / wide, (box.height - 20) / (high + 2 * picture.lane + 30), 1.5);
    return { box, wide, scale, x: picture.width / 2, y: (high - 30) / 2 };
  }

  function whole() {
    const { x, y, scale } = measured();
    network.moveTo({ position: { x, y }, scale });
  }

  // The first view: all of it where that can be read, else the start of the chain, at its left end.
  function fit() {
    const m = measured();
    const scale = Math.max(m.scale, 0.62);
    if (scale === m.scale) return whole();
    const start = Math.min(...nodes.filter((n) => n.x <= Math.min(...nodes.map((m) => m.x))).map((n) => n.y));
    const middle = start < m.box.height / scale - 90 ? 0 : start;
    // Keep the view inside the picture: no more than a margin beyond its edges.
    const within = (focus, size, room, before, after) => {
      const [low, high] = [room / scale / 2 - before, size + after - room / scale / 2];
      return low > high ? (size + after - before) / 2 : Math.min(Math.max(focus, low), high);
    };
    const edge = picture.lane + 10;
    const y = within(middle, Math.max(picture.height, 64), m.box.height, edge + 24, edge - 2);
    network.moveTo({ position: { x: within(0, picture.width, m.box.width, edge, edge), y }, scale });
  }

  // As high as the picture needs, within what a screen can hold.
  function setHeight() {
    const graph = $("graph");
    const scale = Math.max(0.62, Math.min(1.5, graph.clientWidth / (picture.width + 2 * picture.lane + 20)));
    const needed = (Math.max(picture.height, 64) + 2 * picture.lane + 60) * scale;
    const most = window.innerWidth <= 720 ? 0.55 * window.innerHeight : 0.78 * window.innerHeight + 120;
    graph.style.height = Math.round(Math.max(300, Math.min(needed, most))) + "px";
  }

  const zoom = (by) => network.moveTo({ scale: Math.min(4, Math.max(0.1, network.getScale() * by)) });

  // Bring a box into view and out from under the details, moving no further than that needs.
  function reveal(id) {
    const at = network.canvasToDOM({ x: node.get(id).x, y: node.get(id).y });
    const box = $("graph").getBoundingClientRect();
    const panel = window.innerWidth > 720 ? $("panel").offsetWidth + 12 : 0;
    const scale = network.getScale();
    const over = (where, low, high) => Math.min(0, where - low) + Math.max(0, where - high);
    const view = network.getViewPosition();
    const x = view.x + over(at.x, 95 * scale, box.width - panel - 95 * scale) / scale;
    const y = view.y + over(at.y, 45 * scale, box.height - 45 * scale) / scale;
    network.moveTo({ position: { x: x, y: y } });
  }

  // ---- details -------------------------------------------------------------------------------
  function element(name, words) {
    const made = document.createElement(name);
    made.textContent = words;
    return made;
  }

  function button(words, act) {
    const made = element("button", words);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  }

  function linkList(title, list, end) {
    if (!list.length) return [];
    const ul = document.createElement("ul");
    for (const e of list) {
      const li = document.createElement("li");
      const go = button(node.get(e[end]).box.name, () => choose(e[end], true));
      go.append(element("small", e.title.split(" · ").slice(1).join(" · ")));
      if (e.arrow.state === "missing") li.className = "missing";
      li.append(go);
      ul.append(li);
    }
    return [element("h3", title), ul];
  }

  function fillPanel() {
    const n = node.get(chosen);
    const e = typeof chosen === "number" ? edges[chosen] : null;
    $("panel").hidden = chosen === null;
    if (chosen === null) return;
    $("panel-name").textContent = n ? n.box.name : node.get(e.from).box.name + " – " + node.get(e.to).box.name;
    const state = n ? n.box.state : e.arrow.state;
    const kind = n ? [n.box.kind, n.box.state, n.box.subtitle, ...n.box.gaps, n.box.group] : e.title.split(" · ").slice(1);
    $("panel-kind").textContent = [...new Set(kind.filter(Boolean))].join(" · ");
    $("panel-kind").className = state;
    $("panel-details").replaceChildren(
      ...(n ? n.box.details : []).flatMap(([name, value]) => [element("dt", name), element("dd", value)]));
    $("panel-links").replaceChildren(
      ...(n ? linkList("Comes from", edges.filter((e) => e.to === n.id && edgeShown(e)), "from")
            : linkList("From", [e], "from")),
      ...(n ? linkList("Goes to", edges.filter((e) => e.from === n.id && edgeShown(e)), "to")
            : linkList("To", [e], "to")));
  }

  function markRows() {
    for (const row of rows) {
      const on = chosen !== null && (row.dataset.box ?? Number(row.dataset.arrow)) === chosen;
      row[on ? "setAttribute" : "removeAttribute"]("aria-current", "true");
    }
  }

  function status(words) {
    const shown = nodes.filter(boxShown).length;
    const missing = edges.filter((e) => edgeShown(e) && e.arrow.state === "missing").length;
    $("status").textContent = words || `${shown} of ${nodes.length} boxes shown, ${missing} missing links`;
  }

  function choose(what, see) {
    chosen = what;
    const only = $("path").getAttribute("aria-pressed") === "true";
    const ends = what === null ? [] : typeof what === "number" ? [edges[what].from, edges[what].to] : [what];
    lit = only && ends.length ? chain(ends) : null;
    fillPanel();
    markRows();
    status(lit ? `${lit.size} boxes on this chain` : "");
    if (see && ends.length) reveal(ends[0]);
    network.redraw();
    try {
      history.replaceState(null, "", typeof what === "string" ? "#box=" + encodeURIComponent(what) : "#");
    } catch (refused) { /* a sandboxed frame has no history of its own */ }
    if (window.parent !== window) window.parent.postMessage({ type: "valuechain:select", id: what }, "*");
  }

  // ---- search --------------------------------------------------------------------------------
  const folded = (words) => words.toLocaleLowerCase().normalize("NFD").replace(/\p{M}/gu, "");

  function search() {
    const asked = folded($("search").value.trim());
    const list = $("found");
    list.hidden = !asked;
    const rank = (n) => (folded(n.box.name).startsWith(asked) ? 0 : folded(n.box.name).includes(asked) ? 1 : 2);
    const text = (n) => folded([n.box.name, n.box.subtitle, n.box.group, ...n.box.details.flat()].join(" "));
    const hits = asked ? nodes.filter((n) => text(n).includes(asked)).sort(
      (a, b) => rank(a) - rank(b) || a.box.name.length - b.box.name.length) : [];
    list.replaceChildren(...hits.slice(0, 8).map((n) => {
      const li = document.createElement("li");
      li.append(button(n.box.name, () => { list.hidden = true; choose(n.id, true); }));
      return li;
    }));
    if (!hits.length) list.append(element("li", "Nothing of that name here."));
    for (const row of document.querySelectorAll("tr[data-box]")) {
      row.hidden = Boolean(asked) && !hits.some((n) => n.id === row.dataset.box);
    }
    return hits;
  }

  // ---- keys ----------------------------------------------------------------------------------
  function walk(key) {
    const sorted = (list) => list.filter(boxShown).sort((a, b) => a.y - b.y || a.x - b.x);
    const n = node.get(chosen);
    if (!n) return sorted(nodes)[0];
    if (key === "ArrowRight" || key === "ArrowLeft") {
      const [here, there] = key === "ArrowRight" ? ["from", "to"] : ["to", "from"];
      const next = edges.filter((e) => e[here] === n.id && edgeShown(e)).map((e) => node.get(e[there]));
      return sorted(next).sort((a, b) => Math.abs(a.y - n.y) - Math.abs(b.y - n.y))[0];
    }
    const column = sorted(nodes.filter((m) => m.box.column === n.box.column));
    return column[column.indexOf(n) + (key === "ArrowDown" ? 1 : -1)];
  }

  function key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.startsWith("Arrow")) {
      const next = walk(event.key);
      if (next) choose(next.id, true);
    } else if (event.key === "Escape") choose(null);
    else if (event.key === "0") whole();
    else if (event.key === "+" || event.key === "=") zoom(1.25);
    else if (event.key === "-") zoom(0.8);
    else return;
    event.preventDefault();
  }

  // ---- start ---------------------------------------------------------------------------------
  function listen() {
    $("graph").addEventListener("keydown", key);
    $("search").addEventListener("input", search);
    $("search").addEventListener("keydown", (event) => {
      const hits = event.key === "Enter" ? search() : [];
      if (hits.length) { $("found").hidden = true; choose(hits[0].id, true); }
      if (event.key === "Escape") { $("search").value = ""; search(); }
    });
    document.addEventListener("click", (event) => {
      if (!event.target.closest(".search")) $("found").hidden = true;
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "/" && !event.target.matches("input")) { event.preventDefault(); $("search").focus(); }
    });
    $("path").addEventListener("click", () => {
      $("path").setAttribute("aria-pressed", String($("path").getAttribute("aria-pressed") !== "true"));
      choose(chosen);
    });
    $("clear").addEventListener("click", () => { $("search").value = ""; search(); choose(null); });
    $("close").addEventListener("click", () => choose(null));
    for (const [id, by] of [["in", 1.25], ["out", 0.8]]) $(id).addEventListener("click", () => zoom(by));
    $("fit").addEventListener("click", whole);
    for (const entry of document.querySelectorAll("[data-sign]")) {
      entry.disabled = false;
      entry.addEventListener("click", () => {
        const on = entry.getAttribute("aria-pressed") !== "true";
        entry.setAttribute("aria-pressed", String(on));
        hiddenSigns[on ? "delete" : "add"](entry.dataset.sign);
        network.body.data.nodes.update(nodes.map((n) => ({ id: n.id, hidden: !boxShown(n) })));
        choose(node.has(chosen) && boxShown(node.get(chosen)) ? chosen : null);
      });
    }
    for (const row of rows) {
      const cell = row.querySelector("th");
      const name = row.querySelector(".name") || cell.firstChild;
      name.replaceWith(button(name.textContent, () => choose(row.dataset.box ?? Number(row.dataset.arrow), true)));
    }
    dark.addEventListener("change", () => {
      colour = picture.themes[dark.matches ? "dark" : "light"];
      network.redraw();
    });
  }

  function start() {
    $("graph").hidden = false;
    setHeight();
    const shapes = nodes.map((n) => ({
      id: n.id, x: n.x, y: n.y, fixed: true, physics: false, title: n.title, shape: "custom",
      ctxRenderer: ({ ctx, x, y }) => ({
        drawNode: () => drawBox(ctx, n, x, y),
        nodeDimensions: { width: n.box.width, height: n.box.height },
      }),
    }));
    const set = { nodes: new vis.DataSet(shapes), edges: new vis.DataSet([]) };
    network = new vis.Network($("graph"), set, { ...data.options, edges: { smooth: false } });
    network.on("beforeDrawing", drawUnder);
    network.on("click", (event) => {
      const { x, y } = event.pointer.canvas;
      const near = edges.filter((e) => edgeShown(e) && probe.isPointInStroke(e.shape, x, y));
      choose(event.nodes.length ? event.nodes[0] : near.length ? near[near.length - 1].id : null);
    });
    listen();
    fit();
    status("");
    const asked = /^#box=(.*)$/.exec(location.hash);
    if (asked && node.has(decodeURIComponent(asked[1]))) choose(decodeURIComponent(asked[1]), true);
    $("static").hidden = true;
    $("tools").hidden = false;
  }

  start();
})();
