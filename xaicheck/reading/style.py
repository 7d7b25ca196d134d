"""The style sheets: the tokens everything is made of, the panel's (a report can use it too), the page's.

A token is used, never its value: one scale of type, one of ink, and colours that read on both grounds.
"""

TOKENS = """
:root{
 --xc-xs:.75rem;--xc-s:.8125rem;--xc-m:.9375rem;--xc-l:1.0625rem;--xc-h2:1.3125rem;
 --xc-h1:clamp(1.375rem,1.2rem + .7vw,1.6875rem);
 --xc-ink-2:color-mix(in srgb,currentColor 78%,transparent);
 --xc-line:color-mix(in srgb,currentColor 15%,transparent);
 --xc-faint:color-mix(in srgb,currentColor 5%,transparent);
 --xc-good:light-dark(#0b7453,#45c79c);--xc-bad:light-dark(#b03a22,#f08a72);
 --xc-focus:light-dark(#1f5f9e,#7db6ef);
 --xc-measure:46rem;--xc-round:12px;
}
"""

PANEL = (
    TOKENS
    + """
.xc-card{container-type:inline-size;border:1px solid var(--xc-line);
 border-radius:var(--xc-round);padding:16px 18px 14px;box-sizing:border-box;font-size:.875rem;line-height:1.5}
.xc-head{display:flex;flex-wrap:wrap;align-items:baseline;gap:2px 10px;margin-bottom:8px}
.xc-card h2{font-size:var(--xc-l);font-weight:600;line-height:1.3;margin:0;padding:0;letter-spacing:0}
.xc-tag{font-size:var(--xc-xs);border:1px dashed color-mix(in srgb,currentColor 45%,transparent);
 border-radius:99px;padding:0 8px}
.xc-score{margin-left:auto;white-space:nowrap}
.xc-score b{font-size:1.25rem;font-weight:650;font-variant-numeric:tabular-nums;margin-right:6px}
.xc-track{height:4px;border-radius:2px;background:color-mix(in srgb,currentColor 10%,transparent);
 overflow:hidden;margin:0 0 10px}
.xc-track i{display:block;height:100%;border-radius:2px;
 background:color-mix(in srgb,currentColor 62%,transparent)}
.xc-maps{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:10px}
.xc-maps figure{margin:0;min-width:0}
.xc-frame{aspect-ratio:1;border-radius:6px;overflow:hidden;background:var(--xc-faint)}
.xc-frame img{display:block;width:100%;height:100%;object-fit:cover;max-width:none;border-radius:0}
.xc-why{display:flex;align-items:center;justify-content:center;text-align:center;padding:10px;
 border:1px dashed color-mix(in srgb,currentColor 35%,transparent);font-size:var(--xc-s);line-height:1.4;
 box-sizing:border-box;overflow-wrap:anywhere}
.xc-wait{border:0;color:var(--xc-ink-2)}
.xc-maps figcaption{font-size:var(--xc-s);margin-top:5px;color:var(--xc-ink-2)}
.xc-bar{display:grid;grid-template-columns:auto 1fr auto;gap:5px;align-items:center;font-size:var(--xc-xs);
 font-variant-numeric:tabular-nums;white-space:nowrap;margin-top:3px;color:var(--xc-ink-2)}
.xc-bar img{width:100%;height:7px;border-radius:2px;max-width:none;min-width:16px}
.xc-note{margin:6px 0 0;font-size:var(--xc-s);color:var(--xc-ink-2)}
.xc-text{grid-column:1/-1;min-height:4.7em}
.xc-badge{display:inline-block;font-weight:600;border-radius:6px;padding:1px 8px;
 background:color-mix(in srgb,currentColor 8%,transparent)}
.xc-hero{display:grid;grid-template-columns:136px repeat(3,minmax(0,1fr));gap:8px 28px;min-height:136px}
.xc-hero>.xc-frame{width:136px;height:136px}
.xc-hero .xc-note:first-child{margin-top:0}
.xc-top{width:100%;border-collapse:collapse;font-size:var(--xc-s);margin:0}
.xc-top caption{text-align:left;font-weight:600;padding:0 0 3px;caption-side:top;color:inherit}
.xc-top td{border:0;padding:1px 0;vertical-align:top;overflow-wrap:anywhere}
.xc-top td:last-child{text-align:right;font-variant-numeric:tabular-nums;padding-left:8px;white-space:nowrap}
.xc-verdict{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,300px),1fr));gap:20px 44px;
 padding:4px 4px 2px}
.xc-verdict h3{font-size:var(--xc-l);font-weight:600;margin:0 0 8px;padding:0}
.xc-verdict ul,.xc-verdict dl{margin:0;padding:0;list-style:none}
.xc-verdict li{margin:0 0 10px;padding:0}
.xc-verdict li,.xc-verdict dt,.xc-verdict dd{font-size:var(--xc-m);line-height:1.55}
.xc-verdict dt{font-weight:600;margin:0}
.xc-verdict dd{margin:0 0 12px;color:var(--xc-ink-2)}
.xc-strip{width:100%;border-collapse:collapse}
.xc-strip td,.xc-strip th{border:0;padding:4px 0;font-weight:400;text-align:left;font-size:.875rem}
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
)

# What Streamlit draws in its own way and the theme cannot say.
WIDGETS = """
[data-testid="stCaptionContainer"]{color:var(--xc-ink-2)!important;opacity:1!important}
[data-testid="stCaptionContainer"] p{color:inherit!important}
[data-testid="stMain"] [data-testid="stCaptionContainer"] p{max-width:var(--xc-measure);text-wrap:pretty}
.stApp button[kind^="primary"]{color:light-dark(#fff,#0b0f14)}
.stApp button[kind^="primary"] kbd{color:inherit;opacity:1}
.stApp .js-plotly-plot :is(.cartesianlayer,.infolayer) text{fill:currentColor!important}
[class*="st-key-twin-"] [data-testid="stExpander"] details{border-color:transparent;background:none}
[class*="st-key-twin-"] [data-testid="stExpander"] summary{padding-left:0;width:fit-content;
 color:var(--xc-ink-2)}
[class*="st-key-twin-"] [data-testid="stExpander"] summary:hover{text-decoration:underline;
 text-underline-offset:3px}
@media (prefers-reduced-motion:reduce){
 .stApp *{animation-duration:.01ms!important;transition:none!important;scroll-behavior:auto!important}
}
"""

PAGE = (
    WIDGETS
    + """
.block-container,[data-testid="stMainBlockContainer"]{max-width:1360px;padding-top:4.4rem;padding-bottom:5rem}
.xc-kicker{font-size:var(--xc-s);line-height:1.45;color:var(--xc-ink-2);margin:0 0 .3rem}
.xc-finding{font-size:var(--xc-h1);line-height:1.25;font-weight:650;letter-spacing:-.018em;margin:0;
 text-wrap:pretty;min-height:2.5em;max-width:58rem}
.xc-line{font-size:var(--xc-m);line-height:1.55;color:var(--xc-ink-2);margin:0;max-width:var(--xc-measure);
 text-wrap:pretty}
.xc-line+.xc-line{margin-top:.35rem}
.xc-look{font-size:var(--xc-l);line-height:1.55;margin:.55rem 0 .2rem;max-width:var(--xc-measure);
 text-wrap:pretty}
.xc-h2{font-size:var(--xc-h2);font-weight:600;line-height:1.3;letter-spacing:-.01em;
 margin:2.4rem 0 .3rem;max-width:var(--xc-measure);text-wrap:balance}
.xc-small{font-size:.875rem;line-height:1.5;color:var(--xc-ink-2);margin:0;max-width:var(--xc-measure);
 text-wrap:pretty}
.xc-points{font-size:.875rem;line-height:1.5;color:var(--xc-ink-2);max-width:var(--xc-measure);
 margin:.2rem 0 0!important;padding:0 0 0 1.1em!important}
.xc-points li{margin:0 0 .2rem!important;padding:0;font-size:inherit}
.xc-refused{font-size:var(--xc-s);line-height:1.4;margin:0!important;padding:0!important;list-style:none;
 color:var(--xc-ink-2)}
.xc-refused li{margin:0 0 4px!important;padding:0}
.xc-refused s{text-decoration-thickness:1px}
.st-key-run{position:sticky;bottom:0;z-index:5;padding:10px 0 14px;
 backdrop-filter:blur(12px)}
.st-key-status [data-testid="stCaptionContainer"] p{font-size:var(--xc-s)}
.stApp :is(a,button,summary,input,select,[tabindex]):focus-visible{outline:2px solid var(--xc-focus);
 outline-offset:2px}
@media (max-width:640px){.xc-h2{margin-top:1.8rem}}
"""
)
