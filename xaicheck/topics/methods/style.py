"""The style sheet of the page Methods, beside those of style.py."""

STYLE = """
.xm-grid{display:grid;gap:16px;grid-template-columns:repeat(auto-fill,minmax(min(100%,400px),1fr))}
.xm-tiles{display:grid;gap:10px 12px;grid-template-columns:repeat(auto-fill,minmax(156px,1fr));
 margin:0!important;padding:0!important;list-style:none}
.xm-tiles li{margin:0;padding:8px;border:1px solid var(--xc-line);
 border-radius:10px;min-width:0;font-size:var(--xc-s);line-height:1.3}
.xm-tiles .xm-control,.xm-card.xm-control{border-style:dashed}
.xm-pair{display:grid;grid-template-columns:1fr 1fr;gap:4px}
.xm-pair .xc-frame{border-radius:5px}
.xm-name{display:block;font-weight:600;margin-top:6px;overflow:hidden;text-overflow:ellipsis;
 white-space:nowrap}
.xm-row{display:flex;justify-content:space-between;gap:6px;font-variant-numeric:tabular-nums}
.xm-row span{color:var(--xc-ink-2)}
.xm-card{border:1px solid var(--xc-line);border-radius:var(--xc-round);
 padding:16px 18px;box-sizing:border-box;min-width:0;font-size:.875rem;line-height:1.45;
 scroll-margin-top:5rem;overflow-wrap:anywhere}
.xm-card:target{outline:2px solid var(--xc-focus)}
.xm-card h3{font-size:var(--xc-l);font-weight:600;line-height:1.3;margin:0;padding:0;letter-spacing:0}
.xm-head{display:flex;flex-wrap:wrap;align-items:baseline;gap:3px 8px;margin-bottom:4px}
.xm-key{font-family:var(--st-code-font,monospace);font-size:var(--xc-xs);color:var(--xc-ink-2)}
.xm-card p{margin:0!important;font-size:.875rem}
.xm-body{display:grid;grid-template-columns:minmax(0,1fr);gap:10px 16px}
.xm-body.xm-has{grid-template-columns:minmax(0,236px) minmax(0,1fr)}
.xm-has .xm-facts{grid-column:1/-1}
.xm-maps{display:grid;grid-template-columns:1fr 1fr;gap:8px;align-content:start;padding-top:3px}
.xm-body figure{margin:0;min-width:0}
.xm-body figcaption{font-size:var(--xc-xs);color:var(--xc-ink-2);line-height:1.35}
.xm-facts{display:grid;grid-template-columns:minmax(84px,auto) minmax(0,1fr);gap:3px 10px;
 margin:0!important;padding:0!important;font-size:var(--xc-s);line-height:1.45}
.xm-facts dt{color:var(--xc-ink-2);margin:0;font-size:var(--xc-s);max-width:9.5em}
.xm-facts dt,.xm-facts dd{margin:0!important}
.xm-facts dd{font-size:var(--xc-s)}
.xm-firsts{max-width:760px}
.xm-facts .xm-formula{font-family:var(--st-code-font,monospace);font-size:var(--xc-xs);border-radius:5px;
 padding:2px 6px;background:var(--xc-faint)}
.xm-cases{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:10px;max-width:430px;margin:6px 0}
.xm-cases figure{margin:0}
.xm-cases figcaption{font-size:var(--xc-s);color:var(--xc-ink-2)}
.xm-index{display:flex;flex-wrap:wrap;gap:4px 14px;margin:.3rem 0 .4rem;font-size:.875rem;line-height:1.6}
.xm-index a{white-space:nowrap;color:inherit!important;text-decoration-thickness:1px;
 text-underline-offset:3px}
.xm-scroll{overflow-x:auto}
.xm-matrix{border-collapse:collapse;font-size:var(--xc-s)}
.xm-matrix th,.xm-matrix td{border:0;border-bottom:1px solid color-mix(in srgb,currentColor 10%,transparent);
 padding:3px 5px;text-align:center;font-weight:400;font-variant-numeric:tabular-nums}
.xm-matrix th[scope=row]{text-align:left;white-space:nowrap;padding-left:0}
.xm-matrix thead th{vertical-align:bottom;height:8.6em;padding-bottom:6px}
.xm-matrix thead span{writing-mode:vertical-rl;transform:rotate(180deg);white-space:nowrap}
.xm-matrix .xm-no{font-weight:650;background:color-mix(in srgb,currentColor 9%,transparent)}
.xm-matrix .xm-yes{color:color-mix(in srgb,currentColor 72%,transparent)}
.xm-reasons{font-size:.875rem;line-height:1.5;margin:.6rem 0 .4rem!important;padding-left:1.4em!important}
@media (max-width:640px){
 .xm-tiles{grid-template-columns:repeat(2,minmax(0,1fr))}
 .xm-body.xm-has{grid-template-columns:minmax(0,1fr)}
 .xm-facts{grid-template-columns:minmax(0,1fr)}
 .xm-facts dt{max-width:none;margin-top:3px}
 .xm-matrix th,.xm-matrix td{padding:3px 3px}
 .xm-matrix th[scope=row]{white-space:normal;min-width:7em}
}
"""
