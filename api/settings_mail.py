"""The knobs of mail: the server that takes it, and who it is from. Without a server the site sends none."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings

from graph.model.errors import InvalidInput
from graph.model.mail import checked_address

LOOPBACK: Final = re.compile(r"127\.[\d.]+|::1|localhost")
Tls = Literal["starttls", "tls", "none"]


def _sender(given: str) -> str:
    try:
        return checked_address(given) if given else given
    except InvalidInput as refusal:
        raise ValueError("écrivez une seule adresse, sans nom : « maillage@exemple.fr »") from refusal


class MailSettings(BaseSettings):
    """How mail leaves."""

    smtp_host: Annotated[str, Field(description="Serveur de courriel (SMTP) ; vide : aucun courriel n’est envoyé.")] = (
        ""
    )
    smtp_port: Annotated[int, Field(ge=1, le=65535, description="Son port.")] = 587
    smtp_tls: Annotated[
        Tls,
        Field(description="Chiffrement : « starttls », « tls » dès la connexion (465), « none » sur cette machine."),
    ] = "starttls"
    smtp_user: Annotated[str, Field(description="Son utilisateur ; vide : sans identification.")] = ""
    smtp_password: Annotated[SecretStr, Field(description="Son mot de passe.")] = SecretStr("")
    sender: Annotated[
        str, AfterValidator(_sender), Field(description="Adresse d’expédition des courriels : « maillage@exemple.fr ».")
    ] = ""

    @property
    def sends_mail(self) -> bool:
        """Whether there is a server to send by."""
        return bool(self.smtp_host)

    def mail_contradiction(self) -> str:
        """Why these cannot hold together, in a sentence; empty when they can."""
        if self.smtp_host and not self.sender:
            return "Un serveur de courriel est donné sans adresse d’expédition : ajoutez MAILLAGE_SENDER"
        if not self.smtp_host and (self.smtp_user or self.smtp_password.get_secret_value()):
            return (
                "Un utilisateur ou un mot de passe est donné pour un serveur de courriel, sans son nom : "
                "ajoutez MAILLAGE_SMTP_HOST, ou retirez MAILLAGE_SMTP_USER et MAILLAGE_SMTP_PASSWORD"
            )
        if bool(self.smtp_user) != bool(self.smtp_password.get_secret_value()):
            return "MAILLAGE_SMTP_USER et MAILLAGE_SMTP_PASSWORD vont ensemble : donnez les deux, ou aucun"
        if self.smtp_host and self.smtp_tls == "none" and not LOOPBACK.fullmatch(self.smtp_host):
            return (
                f"MAILLAGE_SMTP_TLS = « none » enverrait en clair vers « {self.smtp_host} » des liens qui permettent de "
                "modifier des fiches : choisissez « starttls » ou « tls »"
            )
        return ""
