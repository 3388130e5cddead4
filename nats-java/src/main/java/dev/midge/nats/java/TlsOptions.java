package dev.midge.nats.java;

import dev.midge.nats.TlsVersion;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * When and how connections are encrypted. Immutable; equal if all that it says is equal.
 *
 * <p>TLS is used where a server's URL begins with {@code tls://}, where the server asks for it, and
 * always once it was asked for here: by {@link #required()}, {@link #handshakeFirst()}, a file or
 * an {@link #sslContext()}. One {@code tls://} among the servers asks for all of them. A server
 * that then offers no TLS is refused before anything is sent to it ({@link
 * dev.midge.nats.TlsException.Reason#NOT_OFFERED}).
 *
 * <pre>{@code
 * TlsOptions.defaults()
 *     .withTrustAnchors(Path.of("ca.pem"))
 *     .withCertificate(Path.of("client.pem"), Path.of("client.key"))
 * }</pre>
 *
 * <p>Files and supplier are read again at every attempt to connect: replaced certificates are in
 * use after the next reconnect. While the files hold the same, TLS sessions are resumed across
 * connections, also those of other connections with the same {@code TlsOptions}.
 *
 * <p>With TLS 1.3 the JDK renews the keys of a connection after 137 GB in one direction, and some
 * of its releases ask for that several times before the server has answered (JDK-8329548), which
 * strict servers take for an attack and end the connection; it is then opened again. No client can
 * change that for itself. Where it happens, leave out {@link TlsVersion#TLS_1_3}, or set the
 * security property {@code jdk.tls.keyLimits} of the JVM before its first use of TLS.
 */
public final class TlsOptions {
  // No record: the sessions belong to this one object of the core, which lives as long as the
  // options.
  private final dev.midge.nats.TlsOptions kotlin;

  private TlsOptions(dev.midge.nats.TlsOptions kotlin) {
    this.kotlin = kotlin;
  }

  /**
   * {@return the options that apply unless others are given: TLS where the server asks for it,
   * trusting whom the JVM trusts}
   */
  public static TlsOptions defaults() {
    return new TlsOptions(new dev.midge.nats.TlsOptions());
  }

  static TlsOptions from(dev.midge.nats.TlsOptions kotlin) {
    return new TlsOptions(kotlin);
  }

  dev.midge.nats.TlsOptions toKotlin() {
    return kotlin;
  }

  /** {@return whether servers without TLS are refused} Default {@code false}. */
  public boolean required() {
    return kotlin.getRequired();
  }

  /**
   * {@return whether TLS begins before the server's INFO, as servers with {@code handshake_first}
   * expect (2.10.4 and newer)} It has to be the same on both sides, or each waits for the other.
   * Default {@code false}.
   */
  public boolean handshakeFirst() {
    return kotlin.getHandshakeFirst();
  }

  /**
   * {@return the PEM file with the certificates of the authorities that may vouch for the server}
   * Default {@code null}: those that the JVM trusts ({@link SSLContext#getDefault()}, thus also the
   * {@code javax.net.ssl} system properties).
   */
  public @Nullable Path trustAnchors() {
    return kotlin.getTrustAnchors();
  }

  /**
   * {@return the PEM file with the client's certificate, followed by those that lead to an
   * authority which the server trusts}
   */
  public @Nullable Path certificateChain() {
    return kotlin.getCertificateChain();
  }

  /**
   * {@return the PEM file with the key of that certificate: PKCS#8, PKCS#1 or SEC1, not encrypted}
   */
  public @Nullable Path privateKey() {
    return kotlin.getPrivateKey();
  }

  /**
   * {@return what makes the context that everything else about keys and trust is taken from,
   * instead of the files} May block. Sessions are resumed as long as it returns the same context.
   */
  public @Nullable Supplier<SSLContext> sslContext() {
    return kotlin.getSslContext();
  }

  /** {@return the versions of TLS to offer} Default both. */
  public Set<TlsVersion> versions() {
    return kotlin.getVersions();
  }

  /**
   * {@return whether a trusted certificate is accepted whatever name it was issued for} Whoever has
   * any such certificate can then read and change everything. The name in question is the host of
   * the server's URL and has to be among the certificate's subject alternative names; its common
   * name counts for nothing (RFC 9525). A server that another one has told of ({@code connect_urls}
   * in INFO) may have a certificate for the name that the user gave, or for its own, if that was
   * told over verified TLS: by a server to which TLS comes before INFO ({@link #handshakeFirst()},
   * {@code wss://}), or after it. Default {@code false}.
   */
  public boolean dangerouslySkipHostNameVerification() {
    return kotlin.getDangerouslySkipHostNameVerification();
  }

  /**
   * {@return whether a server may also prove itself by its own name that was told in plain text, in
   * the INFO that comes before TLS} For clusters whose nodes have certificates of their own names
   * and which are not set to {@code handshake_first}. Whoever can change that text, and has a
   * trusted certificate for any name, can then have clients connect to him instead: the less an
   * authority of {@link #trustAnchors()} issues, the less is risked. Default {@code false}.
   */
  public boolean dangerouslyTrustNamesFromPlainText() {
    return kotlin.getDangerouslyTrustNamesFromPlainText();
  }

  /**
   * {@return these options with another {@link #required()}}
   *
   * @param required the new value.
   */
  public TlsOptions withRequired(boolean required) {
    return with(change -> change.required = required);
  }

  /**
   * {@return these options with another {@link #handshakeFirst()}}
   *
   * @param handshakeFirst the new value.
   */
  public TlsOptions withHandshakeFirst(boolean handshakeFirst) {
    return with(change -> change.handshakeFirst = handshakeFirst);
  }

  /**
   * {@return these options with other {@link #trustAnchors()}, or with the default}
   *
   * @param trustAnchors the new value, or {@code null} for none.
   * @throws IllegalArgumentException if there is an {@link #sslContext()}.
   */
  public TlsOptions withTrustAnchors(@Nullable Path trustAnchors) {
    return with(change -> change.trustAnchors = trustAnchors);
  }

  /**
   * {@return these options with another {@link #certificateChain()} and its {@link #privateKey()},
   * or with none}
   *
   * @param certificateChain the new value, or {@code null} for none.
   * @param privateKey the new value, or {@code null} for none.
   * @throws IllegalArgumentException if only one of both is given, or if there is an {@link
   *     #sslContext()}.
   */
  public TlsOptions withCertificate(@Nullable Path certificateChain, @Nullable Path privateKey) {
    return with(
        change -> {
          change.certificateChain = certificateChain;
          change.privateKey = privateKey;
        });
  }

  /**
   * {@return these options with another {@link #sslContext()}, or with none}
   *
   * @param sslContext the new value, or {@code null} for none.
   * @throws IllegalArgumentException if there are files.
   */
  public TlsOptions withSslContext(@Nullable Supplier<SSLContext> sslContext) {
    return with(change -> change.sslContext = sslContext);
  }

  /**
   * {@return these options with other {@link #versions()}}
   *
   * @param versions the new value.
   * @throws IllegalArgumentException if there is none.
   */
  public TlsOptions withVersions(Set<TlsVersion> versions) {
    return with(change -> change.versions = Set.copyOf(versions));
  }

  /**
   * {@return these options with another {@link #dangerouslySkipHostNameVerification()}}
   *
   * @param skip the new value.
   */
  public TlsOptions withDangerouslySkipHostNameVerification(boolean skip) {
    return with(change -> change.dangerouslySkipHostNameVerification = skip);
  }

  /**
   * {@return these options with another {@link #dangerouslyTrustNamesFromPlainText()}}
   *
   * @param trust the new value.
   */
  public TlsOptions withDangerouslyTrustNamesFromPlainText(boolean trust) {
    return with(change -> change.dangerouslyTrustNamesFromPlainText = trust);
  }

  private TlsOptions with(Consumer<Change> step) {
    Change change = new Change(this);
    step.accept(change);
    return new TlsOptions(change.toKotlin());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TlsOptions options && kotlin.equals(options.kotlin);
  }

  @Override
  public int hashCode() {
    return kotlin.hashCode();
  }

  @Override
  public String toString() {
    return kotlin.toString();
  }

  /** What the options say, while some of it is replaced. */
  private static final class Change {
    boolean required;
    boolean handshakeFirst;
    @Nullable Path trustAnchors;
    @Nullable Path certificateChain;
    @Nullable Path privateKey;
    @Nullable Supplier<SSLContext> sslContext;
    Set<TlsVersion> versions;
    boolean dangerouslySkipHostNameVerification;
    boolean dangerouslyTrustNamesFromPlainText;

    Change(TlsOptions from) {
      required = from.required();
      handshakeFirst = from.handshakeFirst();
      trustAnchors = from.trustAnchors();
      certificateChain = from.certificateChain();
      privateKey = from.privateKey();
      sslContext = from.sslContext();
      versions = from.versions();
      dangerouslySkipHostNameVerification = from.dangerouslySkipHostNameVerification();
      dangerouslyTrustNamesFromPlainText = from.dangerouslyTrustNamesFromPlainText();
    }

    dev.midge.nats.TlsOptions toKotlin() {
      return new dev.midge.nats.TlsOptions(
          required,
          handshakeFirst,
          trustAnchors,
          certificateChain,
          privateKey,
          sslContext,
          versions,
          dangerouslySkipHostNameVerification,
          dangerouslyTrustNamesFromPlainText);
    }
  }
}
