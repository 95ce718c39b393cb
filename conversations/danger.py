"""Words of an emergency, in all languages: they show the number for it at once, whatever is being said.

What is said when nobody is in danger costs one line; what is missed may cost more. So these are broad, and only what is
plainly meant otherwise ("the lamp does not burn") is taken out first. How stems are written: `stems`.
"""

from __future__ import annotations

from conversations.stems import folded, stems

EMERGENCY = stems(
    "brand., brandweer, gewond, bloedt., bloeden., bloedend, mes., messen., neergestoken, steekpartij, schiet.",
    "schieten.",
    "schoten., geschoten, pistool, vuurwapen, wapen., inbraak. bezig, *inbreker, breekt. in., breken. in., overval",
    "ambulance, ziekenwagen, reanim, bewusteloos, hartaanval, ademt. niet., stikt., gaslek, gaslucht, ruik. gas.",
    "explosie",
    "ontploff, zelfmoord, vermoord, aangevallen, mishandel, aanrijding, verdrinkt, noodgeval, in. elkaar. geslagen",
    "fire., wounded, injured, bleeding, stabbed, stabbing, knife., gun., shots., shooting., breaking. in.",
    "breaking. into.",
    "burglar. in, robbery, unconscious, heart. attack, not. breathing, can't. breathe, cant. breathe, gas. leak",
    "smell. gas",
    "explosion, suicide, kill. me., kill. myself, killed., attacked., being. beaten, drowning, emergency",
    "feuer., brennt., verletzt, blutet, messer., erstochen, schüsse, geschossen, einbrecher, überfall, krankenwagen",
    "notarzt, bewusstlos, herzinfarkt, gasgeruch, gasleck, selbstmord, verkehrsunfall, ertrinkt, notfall",
    "pożar, pali. się., ogień., ranny., ranna., ranni., krwaw, nóż., nożem., strzela, strzały., włamuj, włamywacz",
    "napad",
    "karetk, pogotowie, nieprzytomn, zawał., nie. oddycha, wyciek. gazu, czuć. gaz, wybuch, samobójst, wypadek",
    "topi. się.",
    "حريق, نار., جريح, جرحى, مصاب., ينزف, نزيف, سكين, طعن, مسدس, سلاح, اسعاف, فاقد. الوعي, لا. يتنفس, تسرب. غاز",
    "رائحة. غاز, انفجار, انتحار, حادث., يغرق, النجدة., يقتحم",
    "yangın, yanıyor, yaralı, kanıyor, bıçak, silah, ateş. ed, hırsız. var, soygun, ambulans, bayıldı, bilinci",
    "kalp. krizi",
    "nefes. al, gaz. kaçağ, gaz. koku, patlama, intihar, kaza. oldu, boğuluyor, imdat, saldırı",
    "пожеж, горить., поранен, кровотеч, тече. кров, ножем., стріля, зброя, вламу, грабіж, грабують, швидка. допомог",
    "швидку., непритомн, інфаркт, не. дихає, витік. газу, запах. газу, вибух, самогуб, аварія., тоне., рятуйте",
)
HARMLESS = stems(
    "brand. new, brand. nieuw, fire. station, fire. pit., brennt. nicht, nie. pali., не. горить., no. fire.",
    "geen. brand.",
    "vuur. en. brand.",
)


def is_danger(text: str) -> bool:
    """Whether these words speak of an emergency."""
    return bool(EMERGENCY.found_in(HARMLESS.without_phrases(folded(text))))
