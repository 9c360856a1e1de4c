"""The pages of files: given out, sent back, looked at, confirmed, taken back; without a script, on a telephone."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import httpx2
import pytest

from tests.signed import sign_in, signed_in
from tests.web.looks import violations
from tests.windows import OpenPage

WHO = "bailleur"
NAME = "Identifiant"


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def file_of(rows: list[Mapping[str, str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


async def sent(client: httpx2.AsyncClient, content: bytes, name: str = "fiches.csv") -> httpx2.Response:
    return await client.post("/fichiers", files={"fichier": (name, content, "text/csv")})


async def services(client: httpx2.AsyncClient) -> list[dict[str, str]]:
    return rows_of((await client.get("/fichiers/telecharger/services.csv")).content)


async def test_a_file_goes_out_comes_back_and_is_taken_back(site: str) -> None:
    async with signed_in(site, WHO) as client:
        before = await services(client)
        changed = file_of([{NAME: before[0][NAME], "Frais": "Gratuit pour les locataires <b>"}])
        looked = await sent(client, changed)
        assert looked.status_code == 303
        address = looked.headers["location"]
        preview = (await client.get(address)).text
        assert "1 fiche modifiée" in preview and "Gratuit pour les locataires &lt;b&gt;" in preview
        assert await services(client) == before
        done = await client.post(f"{address}/confirmer")
        assert (done.status_code, done.headers["location"]) == (303, address)
        assert "Annuler cet envoi" in (await client.get(address)).text
        assert next(row["Frais"] for row in await services(client)) == "Gratuit pour les locataires <b>"
        again = await sent(client, changed)
        assert again.headers["location"] == f"{address}?deja=1"
        assert "il n’y a rien à faire" in (await client.get(again.headers["location"])).text
        await client.post(f"{address}/annuler")
        assert await services(client) == before
        start = (await client.get("/fichiers")).text
        assert address in start and "annulé" in start


async def test_errors_are_listed_and_nothing_can_be_confirmed(site: str) -> None:
    async with signed_in(site, WHO) as client:
        before = await services(client)
        looked = await sent(client, file_of([{NAME: before[0][NAME], "Gratuit": "=1+1"}, {NAME: "x", "Gratuit": ""}]))
        page = (await client.get(looked.headers["location"])).text
        assert "2 erreurs à corriger" in page and "=1+1" in page and "confirmer" not in page
        await client.post(f"{looked.headers['location']}/confirmer")
        assert await services(client) == before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Ce fichier est vide."),
        (b"\x89PNG\0", "Ce fichier n’est ni un CSV ni un classeur .xlsx."),
        (b"x" * 20_000_001, "Ce fichier dépasse 20"),
    ],
)
async def test_what_is_no_table_is_refused_on_the_page(site: str, content: bytes, said: str) -> None:
    async with signed_in(site, WHO) as client:
        answer = await sent(client, content)
        assert answer.status_code == 422
        assert said in answer.text and "Voir ce qui changerait" in answer.text


async def test_a_body_without_a_length_is_bounded_too(site: str) -> None:
    async def endless():
        yield b'--x\r\nContent-Disposition: form-data; name="fichier"; filename="f"\r\n\r\n'
        for _ in range(400):
            yield b"a" * 65_536

    async with signed_in(site, WHO) as client:
        answer = await client.post(
            "/fichiers", content=endless(), headers={"content-type": "multipart/form-data; boundary=x"}
        )
        assert (answer.status_code, "Ce fichier dépasse 20" in answer.text) == (422, True)


async def test_who_may_not_is_told_so(site: str, client: httpx2.AsyncClient) -> None:
    visitor = await client.get("/fichiers", headers={"accept": "text/html"}, follow_redirects=False)
    assert (visitor.status_code, visitor.headers["location"].startswith("/connexion")) == (303, True)
    async with signed_in(site, "travailleuse.sociale") as worker:
        for path in ("/fichiers", "/fichiers/telecharger/fiches.xlsx"):
            assert (await worker.get(path)).status_code == 403
        assert (await sent(worker, b"Nom\nx")).status_code == 403
    async with signed_in(site, WHO) as client:
        assert (await client.get("/fichiers/telecharger/autre.csv")).status_code == 404
        foreign = await client.post(
            "/fichiers", files={"fichier": ("f.csv", b"Nom\nx")}, headers={"origin": "https://x.example"}
        )
        assert foreign.status_code == 403


async def test_another_organisations_upload_is_not_there(site: str) -> None:
    async with signed_in(site, WHO) as client:
        rows = await services(client)
        address = (await sent(client, file_of([{NAME: rows[0][NAME], "Frais": "x"}]))).headers["location"]
    async with signed_in(site, "editrice.ccas") as other:
        for answer in (await other.get(address), await other.post(f"{address}/confirmer")):
            assert answer.status_code == 404
        assert (await other.get("/fichiers/envoi/none")).status_code == 404


async def test_without_a_script_on_a_telephone(browser_page: OpenPage, site: str, tmp_path: Path) -> None:
    async with signed_in(site, WHO) as client:
        rows = await services(client)
    path = tmp_path / "corrigé.csv"
    path.write_bytes(file_of([{NAME: rows[0][NAME], "Frais": "5 €"}]))
    wrong = tmp_path / "faux.csv"
    wrong.write_bytes(file_of([{NAME: rows[0][NAME], "Gratuit": "peut-être"}]))
    async with browser_page(width=380, javascript=False) as page:
        await sign_in(page, WHO, "/fichiers")
        for file, then in ((wrong, "à corriger"), (path, "Enregistrer ce changement")):
            await page.goto("/fichiers")
            await page.set_input_files("#fichier", file)
            await page.get_by_role("button", name="Voir ce qui changerait").click()
            await page.get_by_text(then).first.wait_for()
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await page.get_by_role("button", name="Enregistrer ce changement").click()
        await page.get_by_role("button", name="Annuler cet envoi").click()
        await page.get_by_text("Annulé le").wait_for()


async def test_the_pages_are_accessible(browser_page: OpenPage, site: str) -> None:
    async with signed_in(site, WHO) as client:
        rows = await services(client)
        seen = (await sent(client, file_of([{NAME: rows[0][NAME], "Frais": "6 €"}]))).headers["location"]
        wrong = (await sent(client, file_of([{NAME: rows[0][NAME], "Gratuit": "?"}]))).headers["location"]
    async with browser_page(width=380) as page:
        await sign_in(page, WHO, "/fichiers")
        for path in ("/fichiers", seen, wrong):
            await page.goto(path)
            assert await violations(page) == []
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
