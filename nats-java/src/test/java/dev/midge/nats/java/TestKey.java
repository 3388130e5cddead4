package dev.midge.nats.java;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.util.Arrays;

/** A fresh NKey. Source of the text form: nats-io/nkeys. */
final class TestKey {
  enum Type {
    OPERATOR(14),
    ACCOUNT(0),
    USER(20);

    final int prefix;

    Type(int letter) {
      prefix = letter << 3;
    }
  }

  private static final int SEED_PREFIX = 18 << 3;
  private static final int KEY_BYTES = 32;

  final String seed;
  final String publicKey;
  private final KeyPair pair;

  TestKey(Type type) {
    try {
      pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
    byte[] x509 = pair.getPublic().getEncoded();
    publicKey = text(Arrays.copyOfRange(x509, x509.length - KEY_BYTES, x509.length), type.prefix);
    byte[] secret = ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow();
    seed = text(secret, SEED_PREFIX | type.prefix >> 5, (type.prefix & 31) << 3);
  }

  byte[] sign(byte[] message) {
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(pair.getPrivate());
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static String text(byte[] key, int... prefix) {
    var bytes = new ByteArrayOutputStream();
    for (int octet : prefix) bytes.write(octet);
    bytes.writeBytes(key);
    int checksum = checksum(bytes.toByteArray());
    bytes.write(checksum);
    bytes.write(checksum >> 8);
    return base32(bytes.toByteArray());
  }

  /** CRC-16/XMODEM. */
  private static int checksum(byte[] bytes) {
    int crc = 0;
    for (byte octet : bytes) {
      crc ^= (octet & 0xFF) << 8;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 0x8000) == 0 ? crc << 1 : crc << 1 ^ 0x1021;
      }
    }
    return crc & 0xFFFF;
  }

  private static String base32(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    int bits = 0;
    int waiting = 0;
    for (byte octet : bytes) {
      bits = bits << 8 | octet & 0xFF;
      for (waiting += 8; waiting >= 5; waiting -= 5) text.append(digit(bits >> waiting - 5));
    }
    if (waiting > 0) text.append(digit(bits << 5 - waiting));
    return text.toString();
  }

  private static char digit(int bits) {
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".charAt(bits & 31);
  }
}
