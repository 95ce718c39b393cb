// The page's own words, in two languages; and the few words on a phone, in the language of whoever holds it.

export const WORDS = {
  en: {
    tagline: "Try it: talk with the bot as a neighbour or as the office.",
    clock: "Date in this demonstration",
    hour: "+1 hour", day: "+1 day", two: "Two phones", theme: "Light or dark",
    ahead: (days, hours) => days ? `${days} ${days === 1 ? "day" : "days"} ahead` : hours ? `${hours} h ahead` : "",
    who: "Whose phone is this?", commands: "Commands of the bot", try: "Things to try", tryThis: "Try this",
    keyboard: "Answers to choose from", samples: "Pictures that are ready", upload: "A photo of your own",
    voice: "Voice message (3 seconds)", spot: "Share a spot", latitude: "Latitude", longitude: "Longitude",
    share: "Share", attach: "Photo, spot or voice", message: "Message", send: "Send", reply: "Reply to this message", reaction: "Seen by the bot",
    paving: "Loose paving stone", weeds: "Weeds", rubbish: "Rubbish", mended: "Stone put back", garden: "Garden in bloom", receipt: "Receipt", attached: n => n === 1 ? "1 photo goes along" : `${n} photos go along`,
    remove: "Take away", start: "Start", hello: name => `You are ${name}`, chat: name => `Talk of ${name} with the bot`,
    phone: ["Left phone", "Right phone"], typing: "is typing…", online: "bot", group: "group", edited: "edited",
    unread: n => `, ${n} new`, gone: "The connection was lost. Trying again…", back: "Connected again.", today: "Today",
    voiceOf: s => `Voice message, ${s} s`, place: "Spot", photo: "Photo", forwarded: "Forwarded", none: "No commands yet",
    nobody: "Nobody to be yet: the cast was not set.", sticker: "Sticker", contact: "Contact", video: "Video", service: "Note",
  },
  nl: {
    tagline: "Probeer het: praat met de bot als buurtbewoner of als kantoor.",
    clock: "Datum in deze demonstratie",
    hour: "+1 uur", day: "+1 dag", two: "Twee telefoons", theme: "Licht of donker",
    ahead: (days, hours) => days ? `${days} ${days === 1 ? "dag" : "dagen"} vooruit` : hours ? `${hours} uur vooruit` : "",
    who: "Van wie is deze telefoon?", commands: "Commando’s van de bot", try: "Om te proberen", tryThis: "Probeer dit",
    keyboard: "Antwoorden om uit te kiezen", samples: "Foto’s die klaarstaan", upload: "Een eigen foto",
    voice: "Spraakbericht (3 seconden)", spot: "Een plek delen", latitude: "Breedtegraad", longitude: "Lengtegraad",
    share: "Deel", attach: "Foto, plek of spraak", message: "Bericht", send: "Verstuur", reply: "Antwoord op dit bericht", reaction: "Gezien door de bot",
    paving: "Losse stoeptegel", weeds: "Onkruid", rubbish: "Zwerfafval", mended: "Tegel ligt weer vast", garden: "Tuin in bloei", receipt: "Bon", attached: n => n === 1 ? "1 foto gaat mee" : `${n} foto’s gaan mee`,
    remove: "Weghalen", start: "Start", hello: name => `Je bent ${name}`, chat: name => `Gesprek van ${name} met de bot`,
    phone: ["Linkertelefoon", "Rechtertelefoon"], typing: "is aan het typen…", online: "bot", group: "groep", edited: "bewerkt",
    unread: n => `, ${n} nieuw`, gone: "De verbinding is weg. We proberen het opnieuw…", back: "Weer verbonden.", today: "Vandaag",
    voiceOf: s => `Spraakbericht, ${s} s`, place: "Plek", photo: "Foto", forwarded: "Doorgestuurd", none: "Nog geen commando’s",
    nobody: "Er is nog niemand om te zijn.", sticker: "Sticker", contact: "Contact", video: "Video", service: "Melding",
  },
};

export const PLACEHOLDERS = { en: "Message", nl: "Bericht", ar: "اكتب رسالة" };
export const RIGHT_TO_LEFT = ["ar", "fa", "he", "ur", "ps", "ckb"];
