"""The style sheets: of the panel, which a stand-alone report can use too, and of the page around it."""

PANEL = """
.xc-card{container-type:inline-size;border:1px solid color-mix(in srgb,currentColor 14%,transparent);
 border-radius:12px;padding:14px 16px 12px;box-sizing:border-box;font-size:.875rem;line-height:1.45}
.xc-head{display:flex;flex-wrap:wrap;align-items:baseline;gap:2px 10px;margin-bottom:8px}
.xc-card h2{font-size:1rem;font-weight:600;line-height:1.3;margin:0;padding:0;letter-spacing:0}
.xc-tag{font-size:.75rem;border:1px dashed color-mix(in srgb,currentColor 45%,transparent);border-radius:99px;
 padding:0 8px;opacity:.85}
.xc-score{margin-left:auto;white-space:nowrap}
.xc-score b{font-size:1.25rem;font-weight:650;font-variant-numeric:tabular-nums;margin-right:6px}
.xc-track{height:4px;border-radius:2px;background:color-mix(in srgb,currentColor 10%,transparent);
 overflow:hidden;margin:0 0 10px}
.xc-track i{display:block;height:100%;border-radius:2px;
 background:color-mix(in srgb,currentColor 62%,transparent)}
.xc-maps{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:10px}
.xc-maps figure{margin:0;min-width:0}
.xc-frame{aspect-ratio:1;border-radius:6px;overflow:hidden;
 background:color-mix(in srgb,currentColor 5%,transparent)}
.xc-frame img{display:block;width:100%;height:100%;object-fit:cover;max-width:none;border-radius:0}
.xc-why{display:flex;align-items:center;justify-content:center;text-align:center;padding:10px;
 border:1px dashed color-mix(in srgb,currentColor 35%,transparent);font-size:.8rem;line-height:1.35;
 box-sizing:border-box;overflow-wrap:anywhere}
.xc-wait{border:0;opacity:.6}
.xc-maps figcaption{font-size:.8rem;margin-top:5px;opacity:.8}
.xc-bar{display:grid;grid-template-columns:auto 1fr auto;gap:5px;align-items:center;font-size:.72rem;
 font-variant-numeric:tabular-nums;white-space:nowrap;margin-top:3px;opacity:.85}
.xc-bar img{width:100%;height:7px;border-radius:2px;max-width:none;min-width:16px}
.xc-note{margin:6px 0 0;font-size:.8rem;opacity:.78}
.xc-text{grid-column:1/-1;min-height:4.7em}
.xc-badge{display:inline-block;font-weight:600;border-radius:6px;padding:1px 8px;
 background:color-mix(in srgb,currentColor 8%,transparent)}
.xc-hero{display:grid;grid-template-columns:136px repeat(3,minmax(0,1fr));gap:8px 28px;min-height:136px}
.xc-hero>.xc-frame{width:136px;height:136px}
.xc-hero .xc-note:first-child{margin-top:0}
.xc-top{width:100%;border-collapse:collapse;font-size:.8rem;margin:0}
.xc-top caption{text-align:left;font-weight:600;padding:0 0 3px;caption-side:top;color:inherit}
.xc-top td{border:0;padding:1px 0;vertical-align:top;overflow-wrap:anywhere}
.xc-top td:last-child{text-align:right;font-variant-numeric:tabular-nums;padding-left:8px;white-space:nowrap}
.xc-verdict{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,300px),1fr));gap:18px 32px}
.xc-verdict h3{font-size:.95rem;font-weight:600;margin:0 0 6px;padding:0}
.xc-verdict ul,.xc-verdict dl{margin:0;padding:0;list-style:none}
.xc-verdict li{margin:0 0 8px;padding:0}
.xc-verdict li,.xc-verdict dt,.xc-verdict dd{font-size:.9rem;line-height:1.5}
.xc-verdict dt{font-weight:600;margin:0}
.xc-verdict dd{margin:0 0 10px;opacity:.88}
.xc-strip{width:100%;border-collapse:collapse}
.xc-strip td,.xc-strip th{border:0;padding:3px 0;font-weight:400;text-align:left;font-size:.85rem}
.xc-strip td:nth-child(2){width:45%;padding:0 10px}
.xc-strip td:last-child{text-align:right;font-variant-numeric:tabular-nums}
.xc-strip .xc-track{margin:0}
.xc-strip tr.xc-control th{font-style:italic}
@container (max-width:640px){
 .xc-hero{grid-template-columns:136px minmax(0,1fr);gap:12px 18px}
}
@container (max-width:400px){
 .xc-maps{grid-template-columns:repeat(2,minmax(0,1fr))}
 .xc-text{grid-column:auto}
}
"""

PAGE = """
.block-container,[data-testid="stMainBlockContainer"]{max-width:1360px;padding-top:4.2rem;padding-bottom:4rem}
.xc-kicker{font-size:.85rem;opacity:.72;margin:0}
.xc-finding{font-size:1.36rem;line-height:1.32;font-weight:600;letter-spacing:-.012em;margin:.15rem 0 0;
 text-wrap:pretty;min-height:2.64em}
.xc-line{font-size:.875rem;opacity:.8;margin:0}
.xc-look{font-size:1rem;line-height:1.5;margin:.35rem 0 .2rem;max-width:62em;text-wrap:pretty}
.xc-h2{font-size:1.2rem;font-weight:600;line-height:1.35;letter-spacing:-.006em;
 margin:1.4rem 0 .1rem;text-wrap:pretty}
.xc-refused{font-size:.8rem;line-height:1.4;margin:0!important;padding:0!important;list-style:none;opacity:.8}
.xc-refused li{margin:0 0 4px!important;padding:0}
.xc-refused s{text-decoration-thickness:1px}
.st-key-run{position:sticky;bottom:0;z-index:5;padding:10px 0 14px;
 backdrop-filter:blur(12px)}
.st-key-status [data-testid="stCaptionContainer"] p{font-size:.82rem}
@media (max-width:640px){.xc-finding{font-size:1.2rem}}
"""
