"""The style of the lesson's own parts; the frames and bars are those of the panel."""

STYLE = """
.xl-row{display:flex;flex-wrap:wrap;gap:14px 18px;align-items:flex-start}
.xl-fig{margin:0;flex:1 1 130px;min-width:130px;max-width:330px}
.xl-pair{display:grid;grid-template-columns:1fr 1fr;gap:12px;max-width:560px}
.xl-pair .xl-fig{min-width:0}
.xl-fig figcaption{font-size:.875rem;line-height:1.4;margin-top:6px}
.xl-fig .xc-bar{opacity:1;font-size:.78rem}
.xl-task{border-left:4px solid #2f82c4;padding:2px 0 2px 16px;margin:.2rem 0 .4rem;max-width:58em}
.xl-task h2,.xl-keep h2,.xl-because h2{font-size:.875rem;font-weight:650;margin:0;padding:0;letter-spacing:0}
.xl-task p{font-size:1.125rem;line-height:1.5;margin:2px 0 0;text-wrap:pretty}
.xl-because{border-top:1px solid color-mix(in srgb,currentColor 16%,transparent);padding:14px 0 0;
 max-width:58em}
.xl-because p{font-size:1.0625rem;line-height:1.55;margin:4px 0 0;text-wrap:pretty}
.xl-keep{border-radius:12px;padding:14px 18px 16px;max-width:58em;
 background:color-mix(in srgb,#2f82c4 13%,transparent);
 border:1px solid color-mix(in srgb,#2f82c4 45%,transparent)}
.xl-keep p{font-size:1.25rem;line-height:1.42;font-weight:600;margin:3px 0 0;text-wrap:pretty}
.xl-answered{max-width:58em;margin:0 0 .5rem}
.xl-ask{font-size:1.125rem;font-weight:600;line-height:1.4;margin:0 0 6px}
.xl-answered ul{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:5px 22px}
.xl-answered li{display:flex;gap:8px;align-items:center;margin:0;padding:0;font-size:1.0625rem;
 line-height:1.4}
.xl-answered em{font-style:normal;font-size:.875rem}
.xl-answered .xl-right{font-weight:600}
.xl-answered .xl-right .xl-sign{background:#12976f;border-color:#12976f;color:#fff}
.xl-answered .xl-wrong .xl-sign{border-color:#c8452b}
.xl-why{font-size:1.0625rem;line-height:1.5;margin:6px 0 0}
.xl-total{font-size:1.125rem;font-weight:600;margin:2px 0 10px}
.xl-title{font-size:1.75rem;min-height:0;margin-top:.1rem}
.xl-sign{flex:none;display:inline-block;width:1.35em;height:1.35em;line-height:1.35em;
 text-align:center;border-radius:50%;font-size:.85em;font-weight:700;border:1.5px solid currentColor;
 box-sizing:border-box}
.xl-method{font-size:1.0625rem;font-weight:600;margin:0 0 6px;padding:0}
.xl-blocks{display:flex;gap:10px;align-items:center;max-width:640px;font-size:.875rem}
.xl-cells{display:flex;gap:3px;flex:1;min-width:0}
.xl-cells i{flex:1;height:34px;border-radius:3px;min-width:0}
i.xl-kept{background:#2f82c4}
i.xl-random{border:1.5px solid #d97b0f;box-sizing:border-box;
 background:repeating-linear-gradient(45deg,#d97b0f 0 3px,transparent 3px 7px)}
.xl-key{display:flex;flex-wrap:wrap;gap:2px 22px;font-size:.875rem;margin:8px 0 0}
.xl-key span{display:inline-flex;gap:8px;align-items:center}
.xl-key i{display:inline-block;width:18px;height:14px;border-radius:3px}
.xl-table{border-collapse:collapse;width:100%;max-width:760px;font-size:.9375rem;margin:0}
.xl-table caption{caption-side:top;text-align:left;color:inherit;font-weight:600;padding:0 0 6px}
.xl-table td,.xl-table th{border:0;padding:5px 10px 5px 0;text-align:left;font-weight:400;line-height:1.35}
.xl-table thead th{font-size:.8125rem;font-weight:600;
 border-bottom:1px solid color-mix(in srgb,currentColor 25%,transparent)}
.xl-table .xl-place{width:2.2em;font-variant-numeric:tabular-nums}
.xl-table .xl-bar{width:42%}
.xl-table .xl-bar span{display:inline-block;width:calc(100% - 4.2em);height:10px;border-radius:3px;
 vertical-align:middle;background:color-mix(in srgb,currentColor 10%,transparent);overflow:hidden}
.xl-table .xl-bar i{display:block;height:100%;background:#2f82c4}
.xl-table .xl-control .xl-bar i{background:color-mix(in srgb,currentColor 55%,transparent)}
.xl-table .xl-bar b{display:inline-block;width:3.6em;text-align:right;font-variant-numeric:tabular-nums}
.xl-table .xl-note{font-variant-numeric:tabular-nums;white-space:nowrap}
.xl-table .xl-strong th,.xl-table .xl-strong .xl-place{font-weight:700}
.xl-table .xl-strong{background:color-mix(in srgb,#2f82c4 11%,transparent)}
.xl-two{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,330px),1fr));gap:22px 40px}
.xl-results{border-collapse:collapse;width:100%;max-width:640px;font-size:1rem}
.xl-results caption{text-align:left;color:inherit;font-weight:600;padding:0 0 6px;caption-side:top}
.xl-results th,.xl-results td{border:0;text-align:left;padding:6px 12px 6px 0;font-weight:400;
 border-bottom:1px solid color-mix(in srgb,currentColor 14%,transparent)}
.xl-results thead th{font-weight:600;font-size:.875rem}
.xl-results td:nth-child(2){white-space:nowrap;font-variant-numeric:tabular-nums}
.xl-chips p{font-size:.9375rem;margin:0 0 8px}
.xl-chips ul{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:8px}
.xl-chips li{margin:0;padding:5px 12px;border-radius:8px;font-size:.9375rem;
 border:1px solid color-mix(in srgb,currentColor 25%,transparent)}
.st-key-lesson_rail,.st-key-lesson_steps{gap:6px!important}
.st-key-lesson_rail button{min-height:40px;padding:4px 12px}
[class*="st-key-lesson-"] [data-testid="stWidgetLabel"] p{font-size:1.125rem;font-weight:600;line-height:1.4}
[class*="st-key-lesson-"] [role="radiogroup"]{gap:4px 22px}
[class*="st-key-lesson-"] [role="radiogroup"] label{min-height:28px}
[class*="st-key-lesson-"] [role="radiogroup"] label p{font-size:1.0625rem;line-height:1.4}
[data-testid="stLayoutWrapper"]:has(>.st-key-lesson_act){position:sticky;bottom:0;z-index:4;
 padding:8px 0 10px;background:light-dark(rgb(255 255 255/.95),rgb(18 21 26/.95))}
.st-key-lesson_foot{border-top:1px solid color-mix(in srgb,currentColor 16%,transparent);padding-top:14px}
.st-key-lesson_choices{gap:10px!important}
[class*="st-key-lesson-"] [data-testid="stRadioOption"]>div>div:first-child{
 box-shadow:0 0 0 1.5px color-mix(in srgb,currentColor 62%,transparent)}
@media (max-width:640px){
 .st-key-lesson_steps{display:grid!important;grid-template-columns:repeat(4,minmax(0,1fr))}
 .st-key-lesson_steps>div{width:auto!important;min-width:0!important}
 .st-key-lesson_rail button{width:100%;padding:4px 2px;min-width:0}
 .st-key-lesson_rail button p{font-size:.78rem}
 .st-key-lesson_rail button span{gap:2px;font-size:.9rem}
 .st-key-lesson_choices{width:100%;flex-wrap:nowrap!important}
 .st-key-lesson_choices>div:first-child{flex:1 1 0!important;width:auto!important;min-width:0}
 .xl-task p{font-size:1.0625rem}
 .xl-keep p{font-size:1.125rem}
 .xl-fig{flex:1 1 130px}
 .xl-table .xl-bar{width:34%}
 .xl-table .xl-bar span{display:none}
}
"""
