"""The style sheet of the story: a card as large as a slide, readable on a phone, one page each on paper."""

STYLE = """
.xs-card{--ink-2:color-mix(in srgb,currentColor 80%,transparent);
 --line:color-mix(in srgb,currentColor 16%,transparent);--mark:light-dark(#1f5f9e,#7db6ef);
 border:1px solid var(--line);border-radius:16px;padding:clamp(18px,3vw,44px);box-sizing:border-box;
 container-type:inline-size}
.xs-count{font-size:.875rem;color:var(--ink-2);margin:0 0 .35rem;font-variant-numeric:tabular-nums}
.xs-card :is(h1,h2){font-size:clamp(1.5rem,1.1rem + 2vw,2.5rem);line-height:1.15;font-weight:650;
 letter-spacing:-.02em;margin:0 0 clamp(14px,2vw,26px);padding:0;max-width:30em;text-wrap:balance}
.xs-body{display:grid;grid-template-columns:minmax(0,5fr) minmax(0,7fr);gap:20px clamp(24px,4vw,60px);
 align-items:start}
.xs-said p{font-size:clamp(1.0625rem,.95rem + .5vw,1.3125rem);line-height:1.5;margin:0 0 .85em;
 max-width:32em;text-wrap:pretty}
.xs-figure{margin:0;min-width:0}
.xs-figure figcaption{font-size:.875rem;line-height:1.5;color:var(--ink-2);margin-top:12px;max-width:44em}
.xs-pictures{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:clamp(10px,1.6vw,20px)}
.xs-picture>img{display:block;width:100%;aspect-ratio:1;object-fit:cover;border-radius:10px;max-width:none}
.xs-picture b{display:block;font-weight:600;margin-top:8px}
.xs-scale{display:grid;grid-template-columns:auto minmax(16px,1fr) auto;gap:6px;align-items:center;
 font-size:.8125rem;color:var(--ink-2);font-variant-numeric:tabular-nums;white-space:nowrap;margin-top:4px}
.xs-scale i{font-style:normal}
.xs-scale img{width:100%;height:9px;border-radius:3px;max-width:none}
.xs-card table{width:100%;border-collapse:collapse;margin:0}
.xs-card :is(td,th){border:0;padding:7px 0;text-align:left;font-weight:400;font-size:1.0625rem;
 line-height:1.25;vertical-align:middle}
.xs-card thead th{font-size:.875rem;color:var(--ink-2);padding-bottom:2px}
.xs-card tbody th{width:34%;padding-right:14px;overflow-wrap:anywhere}
.xs-card td:last-child,.xs-card thead th:last-child{text-align:right;padding-left:14px;
 font-variant-numeric:tabular-nums;white-space:nowrap;width:1%}
.xs-card tbody td:last-child{font-weight:650}
.xs-track span{position:relative;display:block;height:22px;border-radius:4px;
 background:color-mix(in srgb,currentColor 7%,transparent)}
.xs-track i{position:absolute;top:0;bottom:0;border-radius:4px;background:var(--mark);min-width:2px}
.xs-track u{position:absolute;top:-4px;bottom:-4px;width:1px;background:currentColor}
.xs-control th{font-style:italic}
.xs-control .xs-track i{background:repeating-linear-gradient(45deg,currentColor 0 3px,transparent 3px 6px)}
.xs-dots{position:relative;height:74px;margin:14px 14px 0}
.xs-dots::before{content:"";position:absolute;left:0;right:0;top:26px;height:1px;background:currentColor}
.xs-dots i{position:absolute;top:17px;width:18px;height:18px;margin-left:-9px;border-radius:50%;
 background:var(--mark);opacity:.75;border:1px solid Canvas;box-sizing:border-box}
.xs-dots u{position:absolute;top:14px;height:25px;width:1px;background:var(--line);text-decoration:none}
.xs-dots .xs-one{background:currentColor;top:4px;height:44px;width:2px;margin-left:-1px}
.xs-dots span{position:absolute;top:34px;left:0;transform:translateX(-50%);font-size:.875rem;
 font-variant-numeric:tabular-nums;color:var(--ink-2)}
.xs-dots u:not(.xs-one) span{top:34px}.xs-dots .xs-one span{top:44px;font-weight:650;color:inherit}
.xs-lists{display:grid;grid-template-columns:minmax(0,5fr) minmax(0,7fr);gap:8px clamp(24px,4vw,60px);
 margin-top:18px;border-top:1px solid var(--line);padding-top:18px}
.xs-lists :is(h2,h3){font-size:1.125rem;font-weight:650;margin:0 0 .4rem;padding:0;letter-spacing:0}
.xs-lists ul{margin:0;padding:0 0 0 1.1em}
.xs-lists li{font-size:clamp(1rem,.95rem + .25vw,1.125rem);line-height:1.5;margin:0 0 .5em;padding:0}
@container (max-width:760px){
 .xs-body,.xs-lists{grid-template-columns:minmax(0,1fr)}
 .xs-card tbody th{width:40%}
}
@media (max-width:760px){
 .xs-body,.xs-lists{grid-template-columns:minmax(0,1fr)}
 .xs-card :is(td,th){font-size:.9375rem}
}
.st-key-story_all .xs-card{margin-bottom:4px}
@media (max-width:760px){
 .st-key-story_way{gap:8px!important}
 .st-key-story_way kbd{display:none}
 .st-key-story_way .stButton button{padding-left:9px;padding-right:9px}
 .st-key-story_way [data-testid="stButtonGroup"] button{padding-left:10px;padding-right:10px}
}
@media print{
 @page{size:A4;margin:14mm}
 .stApp{color-scheme:light;color:#000;background:#fff}
 .stApp,.stApp [data-testid="stAppViewContainer"],.stApp [data-testid="stMain"],
 .stApp [data-testid="stMainBlockContainer"]{position:static!important;height:auto!important;
  overflow:visible!important;padding:0!important;display:block!important}
 [data-testid="stHeader"],[data-testid="stSidebar"],[data-testid="stToolbar"],.st-key-story_way,
 [data-testid="stPageLink"],.st-key-copy_link{display:none!important}
 .xs-card{border:0;padding:0;break-inside:avoid;-webkit-print-color-adjust:exact;
  print-color-adjust:exact}
 .st-key-story_all .xs-more{break-after:page}
 .xs-body{grid-template-columns:minmax(0,1fr)}
 .xs-lists{grid-template-columns:minmax(0,1fr) minmax(0,1fr)}
 .xs-pictures{max-width:150mm}
}
"""
