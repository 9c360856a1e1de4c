"""Ordinary words that are also names of places: in a sentence they need "à", or a capital, to be one."""

from __future__ import annotations

from typing import Final

# Towns, départements or regions whose name is also an ordinary word, a first name or a trade mark.
_ORDINARY: Final = """
    achat aide aides aile ailes aires aix alice allier allan ambre angle anse arc arche arme art arts aube aude
    aulnay auto autre avoir bains balcon ban bar barre bas base beau beaux belle berger bleu blanc bois bon bonne
    borne bouc bouche bourg bourgs boulot brie briec bris brive brouillet bruges bruit brun bus caisse camp canal
    cannes carte cas cave celle celles cendre centre cergues chaise chambre champ champs charge charges charme chars
    chateau chef chemin cher chose cite cle clef colombes compte conde conflans conte contes corps cote coupe cour
    cours court crise croix cure dame dames date decembre die dieu dol dons dos droit droits drome durance eau eaux
    ecole ecoles effort effet eleves enfant enfants entre epoux esse essai est etat etang etape eu eure exil facture
    famille fer ferme ferte fin fleur foix fonds force forges fort fosse four france frais fresnes gard gens gers
    gex givet gorges grace grand grande grands gras grasse grave groupe guerre guide halles ham hautes hauts herbe
    homme hommes hopital huisseau indre is issue jard jardin jardins jeune jeunes joie jour journet juin justice
    laisse landes langue larmes lait lave lens lieu lieux limite ligne lire lit lits livre logement logis loire lois
    long longue lot louer loup lourdes loyer lure mai main mains maire mairie maison maisons mal mamers manche
    manque marche marches mars mas masse mauvais maux mayenne mer mere meres merle messe meuble meubles meuse mise
    mon monde mons mont moulin mouton muret mur murs neuf neuve nice noel noyer nuits oie oise orange ordre orne os
    oust pain paix pal parc parents part parts pas passage pays peine peines pere pers perte pin place plaisir plan
    plaine pluie poids poil point pont porte portes poste prix pre presse privas puits quai quart quatre raison
    recours recoules relais repas repos reste rive riviere roche role rond ronde route royal rue rues ruines rumilly
    sable sac saint sainte saisie salle sale sales salon sans sarthe sauve sceaux secours seine selle sens sept
    serres seuil seul seule signes soin soins sol solaire sommes sorties sort sourd suite sur talent tarn temple
    temps terre terres tete theys toit tour tours tout train travail trop trois trou union urgence us val valence
    valide vannes var vaux vence vente vertu vertus vie vienne vif vigne vignes ville villa villes violence visa
    vitry voie voile voisins voiture vue y yonne macon monnaie creche machine table reunion quarante cinquante son
    deux places foret savoir-faire garde
"""
ORDINARY: Final = frozenset(_ORDINARY.split())
