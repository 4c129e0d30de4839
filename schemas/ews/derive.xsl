<?xml version="1.0" encoding="utf-8"?>
<!--
  Derives the schema of one requested version and one direction from these files.

  version   a RequestServerVersion value; nodes with v:since after it or v:until before it are dropped
  direction request, answer, fault or push; nodes whose v:in does not list it are dropped, and what v:required lists becomes
            mandatory; or both, which keeps the nodes of request and of answer and makes nothing more mandatory
  open      yes, to make nothing more mandatory than the published schemas do
  order     the versions from the oldest to the newest
-->
<xsl:stylesheet version="1.0"
                xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:xs="http://www.w3.org/2001/XMLSchema"
                xmlns:v="urn:meetproof:versions">

  <xsl:output method="xml" encoding="utf-8"/>

  <xsl:param name="version" select="'Exchange2007'"/>
  <xsl:param name="direction"/>
  <xsl:param name="open"/>
  <xsl:param name="order" select="'Exchange2007 Exchange2007_SP1 Exchange2009 Exchange2010 Exchange2010_SP1 Exchange2010_SP2 Exchange2012 Exchange2013 Exchange2013_SP1 Exchange2015 Exchange2016 V2015_10_05 V2016_01_06 V2016_04_13 V2016_07_13 V2016_10_10 V2017_01_07 V2017_04_14 V2017_07_11'"/>

  <!-- A version's rank is the place of its name in the list. -->
  <xsl:variable name="list" select="concat(' ', $order, ' ')"/>
  <xsl:variable name="here" select="string-length(substring-before($list, concat(' ', $version, ' ')))"/>

  <xsl:template match="/">
    <xsl:if test="not(contains($list, concat(' ', $version, ' ')))">
      <xsl:message terminate="yes">unknown version <xsl:value-of select="$version"/></xsl:message>
    </xsl:if>
    <xsl:if test="not(contains(' request answer fault push both ', concat(' ', $direction, ' ')))">
      <xsl:message terminate="yes">unknown direction <xsl:value-of select="$direction"/></xsl:message>
    </xsl:if>
    <xsl:apply-templates/>
  </xsl:template>

  <xsl:template match="*">
    <xsl:copy>
      <xsl:copy-of select="@*"/>
      <xsl:apply-templates/>
    </xsl:copy>
  </xsl:template>

  <xsl:template match="*[@v:*]">
    <xsl:variable name="since" select="string-length(substring-before($list, concat(' ', @v:since, ' ')))"/>
    <xsl:variable name="until" select="string-length(substring-before($list, concat(' ', @v:until, ' ')))"/>
    <xsl:variable name="young" select="@v:since and $since &gt; $here"/>
    <xsl:variable name="old" select="@v:until and $until &lt; $here"/>
    <xsl:variable name="elsewhere"
                  select="@v:in and not(contains(concat(' ', @v:in, ' '), concat(' ', $direction, ' ')))
                          and not($direction = 'both' and (contains(@v:in, 'request') or contains(@v:in, 'answer')))"/>
    <xsl:variable name="required" select="$open != 'yes' and contains(concat(' ', @v:required, ' '), concat(' ', $direction, ' '))"/>
    <xsl:if test="not($young or $old or $elsewhere)">
      <xsl:copy>
        <xsl:copy-of select="@*[namespace-uri() != 'urn:meetproof:versions'][not($required and local-name() = 'minOccurs')]"/>
        <xsl:if test="$required and self::xs:attribute">
          <xsl:attribute name="use">required</xsl:attribute>
        </xsl:if>
        <xsl:apply-templates/>
      </xsl:copy>
    </xsl:if>
  </xsl:template>

  <xsl:template match="comment()"/>

</xsl:stylesheet>
